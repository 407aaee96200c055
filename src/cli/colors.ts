/** Colours of the progress display, as BuildKit takes them from the environment. */

/** Escape sequences to begin a colour with; empty where there is to be none. */
export interface Colors {
  readonly run: string;
  readonly error: string;
  readonly warning: string;
  readonly cancel: string;
  readonly faint: string;
  readonly reset: string;
}

const NONE: Colors = { run: "", error: "", warning: "", cancel: "", faint: "", reset: "" };
const DEFAULT: Colors = {
  run: "\u001b[34m",
  error: "\u001b[31m",
  warning: "\u001b[33m",
  cancel: "\u001b[33m",
  faint: "\u001b[2m",
  reset: "\u001b[0m",
};
const NAMES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];

/**
 * No colour with NO_COLOR, whatever its value; otherwise BuildKit's own, changed by
 * BUILDKIT_COLORS: `run=green:warning=yellow:error=light-red:cancel=255,165,0`.
 */
export function colorsOf(env: Readonly<Record<string, string | undefined>>): Colors {
  if (env["NO_COLOR"]) return NONE;
  const chosen: Record<string, string> = { ...DEFAULT };
  for (const field of (env["BUILDKIT_COLORS"] ?? "").split(":")) {
    const [name = "", value = ""] = field.split("=");
    const sequence = sequenceOf(value);
    if (["run", "error", "warning", "cancel"].includes(name) && sequence) chosen[name] = sequence;
  }
  return chosen as unknown as Colors;
}

function sequenceOf(value: string): string | undefined {
  const channels = value.split(",");
  if (channels.length === 3 && channels.every((channel) => /^\d{1,3}$/.test(channel)))
    return `\u001b[38;2;${channels.join(";")}m`;
  const light = value.startsWith("light-");
  const index = NAMES.indexOf(light ? value.slice("light-".length) : value);
  return index < 0 ? undefined : `\u001b[${(light ? 90 : 30) + index}m`;
}
