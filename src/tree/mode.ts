/** `--chmod`: octal, or symbolic as chmod(1) has it. */
import { badMode } from "./errors.ts";

/** What a chmod makes of a file's permission bits. */
export type ModeChange = (mode: number, isDirectory: boolean) => number;

/** A value of `--chmod`. */
export interface Mode {
  readonly change: ModeChange;
  /** The bits, if it was octal. */
  readonly octal?: number;
}

/** Reads a mode. Throws COPY_CHMOD_INVALID. */
export function parseMode(text: string): Mode {
  if (/^[0-7]+$/.test(text)) {
    const mode = Number.parseInt(text, 8);
    if (mode > 0o7777) throw badMode(text);
    return { change: () => mode, octal: mode };
  }
  const clauses = text.split(",").map((clause) => parseClause(clause, text));
  return { change: (mode, isDirectory) => clauses.reduce((current, clause) => clause(current, isDirectory), mode) };
}

const WHO: Readonly<Record<string, number>> = { u: 0o700, g: 0o070, o: 0o007 };
const SHIFTS: Readonly<Record<string, number>> = { u: 6, g: 3, o: 0 };

function parseClause(clause: string, whole: string): ModeChange {
  const found = /^([ugoa]*)((?:[-+=][rwxXstugo]*)+)$/.exec(clause);
  if (!found) throw badMode(whole);
  const who = found[1] === "" || found[1]?.includes("a") ? "ugo" : (found[1] as string);
  const actions = [...(found[2] as string).matchAll(/([-+=])([rwxXstugo]*)/g)];
  return (mode, isDirectory) =>
    actions.reduce((current, [, sign = "", what = ""]) => apply(current, isDirectory, who, sign, what, mode), mode);
}

function apply(mode: number, isDirectory: boolean, who: string, sign: string, what: string, original: number): number {
  let mask = 0;
  let bits = 0;
  for (const one of who) {
    mask |= WHO[one] as number;
    bits |= permissionBits(what, mode, isDirectory, original) << (SHIFTS[one] as number);
    if (one === "u") mask |= 0o4000;
    if (one === "g") mask |= 0o2000;
  }
  if (what.includes("s")) bits |= (who.includes("u") ? 0o4000 : 0) | (who.includes("g") ? 0o2000 : 0);
  if (what.includes("t") && (who === "ugo" || who.includes("u"))) bits |= 0o1000;
  if (sign === "+") return mode | bits;
  if (sign === "-") return mode & ~bits;
  return (mode & ~(who === "ugo" ? 0o7777 : mask)) | bits;
}

function permissionBits(what: string, mode: number, isDirectory: boolean, original: number): number {
  let bits = 0;
  for (const char of what) {
    if (char === "u" || char === "g" || char === "o") bits |= (mode >> (SHIFTS[char] as number)) & 7;
    else if (char === "r") bits |= 4;
    else if (char === "w") bits |= 2;
    else if (char === "x" || (char === "X" && (isDirectory || (original & 0o111) !== 0))) bits |= 1;
  }
  return bits;
}
