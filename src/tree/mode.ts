/**
 * `--chmod`: octal, or symbolic as BSD's setmode(3) has it, which BuildKit's library is made after.
 *
 * It differs from chmod(1) of GNU in corners: `o+s` and `o+t` do nothing, `=` keeps the
 * sticky bit, `X` asks for the mode as it was before the first clause, and of `o=ug` the
 * last letter wins.
 */
import { badMode } from "./errors.ts";

/** What a chmod makes of a file's permission bits. */
export type ModeChange = (mode: number, isDirectory: boolean) => number;

/** A value of `--chmod`. */
export interface Mode {
  readonly change: ModeChange;
  /** The bits, if it was octal. */
  readonly octal?: number;
}

/** One thing done to the bits. */
type Command =
  | { readonly kind: "set"; readonly bits: number }
  | { readonly kind: "clear"; readonly bits: number }
  /** Sets bits where the file was a directory or could be executed. */
  | { readonly kind: "execute"; readonly bits: number }
  /** Takes the bits of one class over to others. */
  | { readonly kind: "copy"; readonly from: Class; readonly to: readonly Class[]; readonly sign: Sign };
type Sign = "+" | "-" | "=";
type Class = "u" | "g" | "o";

const STICKY = 0o1000;
const OTHERS = 0o007;
const SET_IDS = 0o6000;
const STANDARD = 0o6777;
const WHO: Readonly<Record<string, number>> = { u: 0o4700, g: 0o2070, o: OTHERS, a: STANDARD };
const SHIFTS: Readonly<Record<Class, number>> = { u: 6, g: 3, o: 0 };
const PERMISSIONS: Readonly<Record<string, number>> = { r: 0o444, w: 0o222, x: 0o111 };

/** Reads a mode. Throws COPY_CHMOD_INVALID. */
export function parseMode(text: string): Mode {
  if (/^[0-7]+$/.test(text)) {
    const mode = Number.parseInt(text, 8);
    if (mode > 0o7777) throw badMode(text);
    return { change: () => mode, octal: mode };
  }
  const commands = text.split(",").flatMap((clause) => readClause(clause, text));
  return { change: (mode, isDirectory) => commands.reduce((now, command) => apply(command, now, mode, isDirectory), mode) };
}

function readClause(clause: string, whole: string): Command[] {
  const found = /^([ugoa]*)((?:[-+=][rwxXstugo]*)+)$/.exec(clause);
  if (!found) throw badMode(whole);
  const who = [...(found[1] as string)].reduce((mask, one) => mask | (WHO[one] as number), 0);
  const actions = [...(found[2] as string).matchAll(/([-+=])([rwxXstugo]*)/g)];
  return actions.flatMap(([, sign, letters = ""]) => readAction(who, sign as Sign, letters));
}

/** Nobody named means everybody. Letters that copy are done where they stand, so what was gathered before them goes first. */
function readAction(asked: number, sign: Sign, letters: string): Command[] {
  const commands: Command[] = [];
  let who = asked;
  let bits = 0;
  let executes = 0;
  let cleared = sign !== "=";
  const flush = (): void => {
    if (bits > 0 || !cleared) {
      const mask = who === 0 ? 0o7777 : who;
      if (sign === "=") commands.push({ kind: "clear", bits: who === 0 ? STANDARD : who });
      commands.push({ kind: sign === "-" ? "clear" : "set", bits: bits & mask });
    }
    if (executes > 0) commands.push({ kind: "execute", bits: executes & (who === 0 ? 0o7777 : who) });
    cleared = true;
    bits = 0;
    executes = 0;
  };
  const onlyOthers = asked !== 0 && (asked & ~OTHERS) === 0;
  for (const letter of letters) {
    if (letter === "u" || letter === "g" || letter === "o") {
      if (bits === 0) cleared = true;
      flush();
      const to = (Object.keys(SHIFTS) as Class[]).filter((one) => who === 0 || (who & (0o4 << SHIFTS[one])) !== 0);
      commands.push({ kind: "copy", from: letter, to, sign });
    } else if (letter === "X" && sign !== "-") executes = 0o111;
    else if (letter === "X") bits |= 0o111;
    else if (letter === "s") bits |= onlyOthers ? 0 : SET_IDS;
    else if (letter === "t") {
      if (onlyOthers) continue;
      who |= STICKY;
      bits |= STICKY;
    } else bits |= PERMISSIONS[letter] as number;
  }
  flush();
  return commands;
}

function apply(command: Command, mode: number, original: number, isDirectory: boolean): number {
  if (command.kind === "set") return mode | command.bits;
  if (command.kind === "clear") return mode & ~command.bits;
  if (command.kind === "execute") return isDirectory || (original & 0o111) !== 0 ? mode | command.bits : mode;
  const value = (mode >> SHIFTS[command.from]) & 7;
  return command.to.reduce((now, one) => {
    if (command.sign === "-") return now & ~(value << SHIFTS[one]);
    const kept = command.sign === "=" ? now & ~(7 << SHIFTS[one]) : now;
    return kept | (value << SHIFTS[one]);
  }, mode);
}
