/** The value of `build --call`. */
import type { Call } from "../command.ts";
import { parseCsv } from "../csv.ts";
import { badCall } from "../errors.ts";
import { isTrue } from "../flag.ts";

/** What is asked about a file. */
export interface Request {
  readonly method: string;
  readonly json: boolean;
  /** Ends with 0 whatever is found. */
  readonly ignoreStatus: boolean;
}

/** The value of `--call`: `check,format=json`. Undefined: the file is to be built. Throws CALL_INVALID. */
export function requestOf({ flags }: Call): Request | undefined {
  if (flags.bool("check")) return { method: "check", json: false, ignoreStatus: false };
  const text = (flags.has("print") ? flags.text("print") : flags.text("call")) ?? "";
  const [name = "", ...fields] = parseCsv(text) ?? [];
  const given = new Map<string, string>();
  for (const field of fields) {
    const at = field.indexOf("=");
    if (at < 0) throw badCall(text);
    const key = field.slice(0, at);
    if (key !== "format" && key !== "ignorestatus") throw badCall(field, "field");
    given.set(key, field.slice(at + 1));
  }
  if (name === "" || name === "build") return undefined;
  return { method: name, json: given.get("format") === "json", ignoreStatus: isTrue(given.get("ignorestatus") ?? "false") };
}
