/** The flags before the command, and what the environment says in their place. */
import { homedir } from "node:os";
import { join } from "node:path";
import { NAMESPACE_VARIABLE } from "../core/index.ts";
import type { Settings } from "./command.ts";
import type { Flag, FlagValues } from "./flag.ts";

/** Flags that may stand before the command; those of slipway's own also behind it. */
export const GLOBAL_FLAGS: readonly Flag[] = [
  { name: "config", kind: "text", help: "Location of client config files (default DOCKER_CONFIG or ~/.docker)" },
  { name: "debug", short: "D", kind: "bool", help: "Enable debug mode" },
  { name: "own-messages", kind: "bool", help: "Print errors in slipway's own form instead of Docker's" },
  {
    name: "root",
    kind: "text",
    value: "DIR",
    help: "The store's folder (default SLIPWAY_ROOT, /var/lib/slipway for root, or ~/.local/share/slipway)",
  },
  { name: "version", short: "v", kind: "bool", help: "Print version information and quit" },
  { name: "context", short: "c", kind: "text", help: "Of Docker's client; without meaning here", hidden: true },
  { name: "host", short: "H", kind: "list", help: "Of Docker's client; without meaning here", hidden: true },
  { name: "log-level", short: "l", kind: "text", help: "Of Docker's client; without meaning here", hidden: true },
];

/** Flags of slipway's own that a command takes as well, where it has none of that name. */
export const EVERYWHERE: readonly Flag[] = GLOBAL_FLAGS.filter(
  (flag) => flag.name === "root" || flag.name === "own-messages",
).map((flag) => ({
  ...flag,
  hidden: true,
}));

/** What holds for the call: flag, then environment, then default. */
export function settingsOf(flags: FlagValues, env: Readonly<Record<string, string | undefined>>): Settings {
  return {
    root: flags.text("root") || env["SLIPWAY_ROOT"] || defaultRoot(env),
    configFolder: flags.text("config") || env["DOCKER_CONFIG"] || join(homedir(), ".docker"),
    debug: flags.bool("debug"),
    ownMessages: flags.bool("own-messages") || env["SLIPWAY_OWN_MESSAGES"] === "1",
  };
}

function defaultRoot(env: Readonly<Record<string, string | undefined>>): string {
  // Root of a user namespace is whoever made it.
  const [caller = String(process.getuid?.())] = /^\d+/.exec(env[NAMESPACE_VARIABLE] ?? "") ?? [];
  if (caller === "0") return "/var/lib/slipway";
  return join(env["XDG_DATA_HOME"] || join(homedir(), ".local/share"), "slipway");
}
