/** The version of this slipway, as package.json has it. */
import { readFileSync } from "node:fs";

/** Looks for package.json above the running file. */
export function slipwayVersion(): string {
  for (const up of ["../package.json", "../../package.json"]) {
    try {
      const found = JSON.parse(readFileSync(new URL(up, import.meta.url), "utf8")) as { name?: string; version?: string };
      if (found.name === "slipway" && found.version) return found.version;
    } catch {
      // Further up, then.
    }
  }
  return "unknown";
}
