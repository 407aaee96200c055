/** The flags of an instruction, read by what each may be. */
import type { SourceText } from "../core/index.ts";
import type { Word } from "./ast.ts";
import { duplicateFlag, flagNotBoolean, flagWithoutValue, unknownFlag } from "./errors.ts";
import type { RawNode } from "./nodes.ts";

type FlagKind = "text" | "list" | "boolean";

export interface FlagValues {
  text(name: string): Word | undefined;
  list(name: string): readonly Word[];
  boolean(name: string): boolean | undefined;
}

const TRUE = ["1", "t", "T", "true", "TRUE", "True"];
const FALSE = ["0", "f", "F", "false", "FALSE", "False"];

const NONE: readonly Word[] = [];
const NO_FLAGS: FlagValues = { text: () => undefined, list: () => NONE, boolean: () => undefined };

/** Throws DOCKERFILE_UNKNOWN_FLAG, DOCKERFILE_DUPLICATE_FLAG, DOCKERFILE_FLAG_VALUE. */
export function readFlags(node: RawNode, source: SourceText, kinds: Readonly<Record<string, FlagKind>>): FlagValues {
  if (node.flags.length === 0) return NO_FLAGS;
  const texts = new Map<string, Word[]>();
  const booleans = new Map<string, boolean>();
  for (const piece of node.flags) {
    const [, name = "", sign, value = ""] = /^--([^=]*)(=?)([^]*)$/.exec(piece.text) ?? [];
    const range = node.line.rangeOf(piece);
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (!kind) throw unknownFlag(source, range, node.instruction.text.toUpperCase(), name, Object.keys(kinds));
    if (kind !== "list" && (texts.has(name) || booleans.has(name))) throw duplicateFlag(source, range, name);
    if (kind === "boolean") {
      if (sign && value === "") throw flagWithoutValue(source, range, name);
      if (sign && !TRUE.includes(value) && !FALSE.includes(value)) throw flagNotBoolean(source, range, name, value);
      booleans.set(name, !sign || TRUE.includes(value));
    } else {
      if (!sign) throw flagWithoutValue(source, range, name);
      const start = { line: range.start.line, column: range.start.column + name.length + 3 };
      const word = { raw: value, range: { start, end: range.end } };
      const before = texts.get(name);
      if (before) before.push(word);
      else texts.set(name, [word]);
    }
  }
  return {
    text: (name) => (texts.get(name)?.[0]?.raw === "" ? undefined : texts.get(name)?.[0]),
    list: (name) => texts.get(name) ?? NONE,
    boolean: (name) => booleans.get(name),
  };
}
