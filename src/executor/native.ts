/** Where the native helper is. */
import { accessSync, constants } from "node:fs";
import { fileURLToPath } from "node:url";

/** Beside the bundle, or in dist/ when run from source; `SLIPWAY_EXEC` overrules. Undefined if there is none that can be run. */
export function helperPath(): string | undefined {
  const beside = import.meta.url.endsWith(".ts") ? "../../dist/slipway-exec" : "./slipway-exec";
  const path = process.env["SLIPWAY_EXEC"] ?? fileURLToPath(new URL(beside, import.meta.url));
  try {
    accessSync(path, constants.X_OK);
    return path;
  } catch {
    return undefined;
  }
}
