/** `# check=skip=A,B;error=true;experimental=all`: which rules are wanted, and whether they stop a build. */
import type { Range, SourceText } from "../core/index.ts";
import { badCheckOption } from "./errors.ts";

export interface CheckOptions {
  readonly skip: "all" | ReadonlySet<string>;
  readonly experimental: "all" | ReadonlySet<string>;
  readonly error: boolean;
}

/** Where the text stands, if it stands in a file. */
export interface CheckPlace {
  readonly source?: SourceText;
  readonly range?: Range;
}

/** Reads the value of a directive or of BUILDKIT_DOCKERFILE_CHECK, up to its first blank. Throws LINT_OPTION_INVALID. */
export function parseCheckOptions(text: string, place: CheckPlace = {}): CheckOptions {
  let skip: CheckOptions["skip"] = new Set();
  let experimental: CheckOptions["experimental"] = new Set();
  let error = false;
  const [value = ""] = text.trim().split(/\s/, 1);
  for (const part of value === "" ? [] : value.split(";")) {
    const at = part.indexOf("=");
    const [name, said] = at < 0 ? [part, undefined] : [part.slice(0, at), part.slice(at + 1)];
    if (said === undefined) throw badCheckOption(part, place);
    if (name === "skip") skip = namesOf(said);
    else if (name === "experimental") experimental = namesOf(said);
    else if (name === "error" && /^(1|t|true|0|f|false)$/i.test(said)) error = /^(1|t|true)$/i.test(said);
    else throw badCheckOption(name === "error" ? part : name, place);
  }
  return { skip, experimental, error };
}

/** Whether comments above a line say that a rule is not to look at it, in BuildKit's way or in hadolint's. */
export function skippedAbove(comments: readonly string[], rule: string): boolean {
  return comments.some((comment) => {
    const ignored = /^\s*hadolint\s+ignore\s*=\s*([\w\s,-]+)/.exec(comment)?.[1];
    if (ignored?.split(/[\s,]+/).includes(rule)) return true;
    const said = /^\s*check\s*=\s*(\S+)/.exec(comment)?.[1] ?? "";
    return said.split(";").some((part) => part.startsWith("skip=") && has(namesOf(part.slice("skip=".length)), rule));
  });
}

export function has(names: "all" | ReadonlySet<string>, rule: string): boolean {
  return names === "all" || names.has(rule);
}

function namesOf(text: string): "all" | ReadonlySet<string> {
  return text === "all" ? "all" : new Set(text.split(",").map((name) => name.trim()));
}
