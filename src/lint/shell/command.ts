/** Commands of a shell script, as far as advice needs them: words, where they stand, and what joins them. */
import type { Script } from "./script.ts";

export interface ShellWord {
  /** Quotes and escapes gone; `$` is left as it stands. */
  readonly text: string;
  readonly raw: string;
  /** Offsets in the file. */
  readonly start: number;
  readonly end: number;
}

export interface ShellCommand {
  /** Its last path component; empty where a command has only assignments. */
  readonly name: string;
  /** The name and what follows it, without redirections. */
  readonly words: readonly ShellWord[];
  /** `NAME=value` before the name. */
  readonly assignments: readonly ShellWord[];
  /** What stands before it: nothing, or `&&`, `||`, `;`, `|`, `&`, a line feed, a bracket. */
  readonly before: string;
  readonly after: string;
  readonly start: number;
  readonly end: number;
}

const OPERATORS = ["&&", "||", ";;", "|&", ";", "|", "&", "(", ")", "\n"];
/** Words that stand before a command and are none. */
const RESERVED = ["if", "then", "elif", "else", "while", "until", "do", "!", "{", "time"];
/** What begins or ends a construct; the words up to the next operator are no command. */
const CONSTRUCTS = ["for", "case", "select", "function", "fi", "done", "esac", "}"];

/** `$(…)` nested deeper than this is not looked into. */
const DEEPEST = 20;

/** Commands in the order they stand in; those of `$(…)` follow the command they are in. */
export function commandsOf(script: Script): readonly ShellCommand[] {
  return new Reader(script.text, script.offset, 0).read();
}

class Reader {
  readonly #text: string;
  readonly #offset: number;
  readonly #depth: number;
  readonly #found: ShellCommand[] = [];
  #words: ShellWord[] = [];
  #inner: ShellCommand[] = [];
  #before = "";
  #at = 0;

  constructor(text: string, offset: number, depth: number) {
    this.#text = text;
    this.#offset = offset;
    this.#depth = depth;
  }

  read(): readonly ShellCommand[] {
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at] as string;
      const operator = OPERATORS.find((one) => this.#text.startsWith(one, this.#at));
      if (char === "\\" && /^\\\r?\n/.test(this.#text.slice(this.#at, this.#at + 3))) this.#at += 2;
      else if (operator && !this.#redirects(operator)) this.#end(operator);
      else if (/\s/.test(char)) this.#at++;
      else if (char === "#") this.#skipComment();
      else if (char === ">" || char === "<" || char === "&") this.#skipRedirection();
      else this.#word();
    }
    this.#end("");
    return this.#found;
  }

  /** `&>file` is no operator. */
  #redirects(operator: string): boolean {
    return operator === "&" && this.#text[this.#at + 1] === ">";
  }

  #skipComment(): void {
    const end = this.#text.indexOf("\n", this.#at);
    this.#at = end < 0 ? this.#text.length : end;
  }

  #skipRedirection(): void {
    const mark = /^&?(?:>>|>\||<<<|<<-?|<>|>|<)&?\s*/.exec(this.#text.slice(this.#at, this.#at + 64));
    this.#at += mark?.[0].length || 1;
    if (this.#at < this.#text.length && !/[\s;|&()]/.test(this.#text[this.#at] as string)) this.#readWord();
  }

  #word(): void {
    const word = this.#readWord();
    // The descriptor of `2>file` is no word.
    if (/^\d+$/.test(word.raw) && /[<>]/.test(this.#text[this.#at] ?? "")) return;
    this.#words.push(word);
  }

  #readWord(): ShellWord {
    const start = this.#at;
    let text = "";
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at] as string;
      if (/[\s;|&()<>]/.test(char)) break;
      if (char === "'" || char === '"') text += this.#quoted(char);
      else if (char === "\\") {
        text += this.#text[this.#at + 1] ?? "";
        this.#at += 2;
      } else if (char === "`") text += this.#upTo("`");
      else if (char === "$" && /[({]/.test(this.#text[this.#at + 1] ?? "")) text += this.#bracketed();
      else {
        text += char;
        this.#at++;
      }
    }
    this.#at = Math.min(Math.max(this.#at, start + 1), this.#text.length);
    return { text, raw: this.#text.slice(start, this.#at), start: this.#offset + start, end: this.#offset + this.#at };
  }

  #quoted(quote: string): string {
    if (quote === "'") return this.#upTo("'").slice(1, -1);
    let text = "";
    this.#at++;
    while (this.#at < this.#text.length && this.#text[this.#at] !== '"') {
      const char = this.#text[this.#at] as string;
      if (char === "\\") {
        text += this.#text[this.#at + 1] ?? "";
        this.#at += 2;
      } else if (char === "$" && /[({]/.test(this.#text[this.#at + 1] ?? "")) text += this.#bracketed();
      else {
        text += char;
        this.#at++;
      }
    }
    this.#at++;
    return text;
  }

  #upTo(mark: string): string {
    const start = this.#at;
    const end = this.#text.indexOf(mark, start + 1);
    this.#at = end < 0 ? this.#text.length : end + 1;
    return this.#text.slice(start, this.#at);
  }

  /** `$(…)` and `${…}` to their end; the commands of the former are read as well. */
  #bracketed(): string {
    const start = this.#at;
    const open = this.#text[start + 1] as string;
    const close = open === "(" ? ")" : "}";
    let depth = 0;
    for (this.#at++; this.#at < this.#text.length; this.#at++) {
      const char = this.#text[this.#at];
      if (char === "\\") this.#at++;
      else if (char === "'") {
        const end = this.#text.indexOf("'", this.#at + 1);
        if (end > 0) this.#at = end;
      } else if (char === open) depth++;
      else if (char === close && --depth === 0) break;
    }
    this.#at = Math.min(this.#at + 1, this.#text.length);
    const text = this.#text.slice(start, this.#at);
    if (open === "(" && !text.startsWith("$((") && this.#depth < DEEPEST) {
      const inner = new Reader(this.#text.slice(start + 2, this.#at - 1), this.#offset + start + 2, this.#depth + 1);
      for (const command of inner.read()) this.#inner.push(command);
    }
    return text;
  }

  #end(operator: string): void {
    const words = this.#words;
    while (RESERVED.includes(words[0]?.raw ?? "")) words.shift();
    const first = words[0];
    const last = words.at(-1);
    if (first && last && !CONSTRUCTS.includes(first.raw)) {
      const at = words.findIndex((word) => !/^\w+=/.test(word.raw));
      const named = at < 0 ? [] : words.slice(at);
      this.#found.push({
        name: named[0]?.text.replace(/^.*\//, "") ?? "",
        words: named,
        assignments: at < 0 ? words : words.slice(0, at),
        before: this.#before,
        after: operator,
        start: first.start,
        end: last.end,
      });
    }
    for (const command of this.#inner) this.#found.push(command);
    this.#words = [];
    this.#inner = [];
    // An empty line or a bracket after an operator adds nothing to it.
    if (first || this.#before === "" || operator !== "\n") this.#before = operator;
    this.#at += operator.length;
  }
}
