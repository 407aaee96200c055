/**
 * `$NAME`, `${NAME:-x}`, quotes and escapes: a word's expansion in a given scope.
 *
 * These are the rules of BuildKit's shell lexer, which look like those of sh and are
 * not: a quoted default does not protect from splitting, of `#`, `%` and `/` only `*`
 * and `?` are known, and special parameters are names like any other.
 */

import { isLetter, isSpace } from "./characters.ts";
import { badSubstitution, nestedTooDeep, patternTooCostly, wordTooLong } from "./errors.ts";
import { parsePattern, replaceMatches, trimPrefix, trimSuffix } from "./word-pattern.ts";

/** What names stand for. */
export interface Scope {
  /** The value of a variable; undefined if it is not set. */
  get(name: string): string | undefined;
}

export interface WordOptions {
  /** The escape character; a backslash if left out. */
  readonly escape?: string;
  /** Variables that are not set stay as they were written. */
  readonly keepUnset?: boolean;
  /** Quotes are ordinary characters, as in heredocs. */
  readonly skipQuotes?: boolean;
  /** Quotes stay in the result. */
  readonly rawQuotes?: boolean;
  /** Escape characters stay in the result. */
  readonly rawEscapes?: boolean;
}

export interface Expanded {
  readonly text: string;
  /** Variables that were used and set. */
  readonly matched: ReadonlySet<string>;
  /** Variables that were used and not set. */
  readonly unmatched: ReadonlySet<string>;
}

export interface ExpandedWords {
  readonly words: readonly string[];
  readonly matched: ReadonlySet<string>;
  readonly unmatched: ReadonlySet<string>;
}

/** The word as one string. Throws DOCKERFILE_BAD_SUBSTITUTION, DOCKERFILE_NESTED_TOO_DEEP, DOCKERFILE_WORD_TOO_LONG, DOCKERFILE_PATTERN_TOO_COSTLY. */
export function expandWord(word: string, scope: Scope, options: WordOptions = {}): Expanded {
  const { text, matched, unmatched } = expand(word, scope, options);
  return { text, matched, unmatched };
}

/** The word expanded, then split at blanks that are not quoted. Throws what expandWord throws. */
export function expandWords(word: string, scope: Scope, options: WordOptions = {}): ExpandedWords {
  const { words, matched, unmatched } = expand(word, scope, options);
  return { words, matched, unmatched };
}

function expand(word: string, scope: Scope, options: WordOptions): Expanded & ExpandedWords {
  const lexer = new Lexer(word, scope, options);
  try {
    const { text, words } = lexer.upTo("", options.rawEscapes ?? false);
    return { text, words, matched: lexer.matched, unmatched: lexer.unmatched };
  } catch (error) {
    if (error instanceof Bad) throw badSubstitution(word, error.message);
    throw error;
  }
}

/** What is wrong with a word, before the word itself is known to the message. */
class Bad extends Error {}

/** Collects words: only characters that are not quoted can end one. */
class Splitter {
  readonly words: string[] = [];
  #word = "";

  /** Text whose blanks separate. */
  add(text: string): void {
    let start = 0;
    for (let i = 0; i < text.length; i++) {
      if (!isSpace(text.charCodeAt(i))) continue;
      this.#word += text.slice(start, i);
      this.#end();
      start = i + 1;
    }
    this.#word += text.slice(start);
  }

  /** Text that stays together. */
  addRaw(text: string): void {
    this.#word += text;
  }

  /** BuildKit collects the word of `${X:-word}` where the word around it was begun, and so loses what it had. */
  forget(): void {
    this.#word = "";
  }

  #end(): void {
    if (this.#word) this.words.push(this.#word);
    this.#word = "";
  }

  finish(): string[] {
    this.#end();
    return this.words;
  }
}

const DEEPEST = 400;
/** What the variables of one word may come to, in UTF-16 units. */
const MOST = 16 * 2 ** 20;
/** Characters that the patterns of one word may compare: less than a second's work. */
const MOST_COMPARED = 100_000_000;
const ORDINARY = /[^'"$\\`}/<]+/y;
const BLANKS = /[ \t]*/y;

class Lexer {
  readonly matched: Set<string> = new Set();
  readonly unmatched: Set<string> = new Set();
  readonly #text: string;
  readonly #scope: Scope;
  readonly #options: WordOptions;
  readonly #escape: string;
  #at = 0;
  #depth = 0;
  #put = 0;
  #compared = 0;
  readonly #effort = { spend: (steps: number) => this.#spend(steps), put: (length: number) => this.#count(length) };
  /** A `${…}` with a part of its own was read. */
  #nested = false;

  constructor(text: string, scope: Scope, options: WordOptions) {
    this.#text = text;
    this.#scope = scope;
    this.#options = options;
    this.#escape = options.escape ?? "\\";
  }

  /** Reads up to `stop` (the end if it is empty) and eats it. */
  upTo(stop: string, rawEscapes: boolean): { text: string; words: string[] } {
    if (++this.#depth > DEEPEST) throw nestedTooDeep(DEEPEST);
    const parts: string[] = [];
    const words = new Splitter();
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at] as string;
      if (stop && char === stop) {
        this.#at++;
        this.#depth--;
        return { text: parts.join(""), words: words.finish() };
      }
      parts.push(this.#piece(char, rawEscapes, words));
    }
    if (stop) throw new Bad(`unexpected end of statement while looking for matching ${stop}`);
    this.#depth--;
    return { text: parts.join(""), words: words.finish() };
  }

  #piece(char: string, rawEscapes: boolean, words: Splitter): string {
    if (char === "$") {
      this.#nested = false;
      const value = this.#dollar();
      if (this.#nested) words.forget();
      words.add(value);
      return value;
    }
    if (char === "<" && this.#text[this.#at + 1] === "<") {
      const value = this.#heredocOperator();
      words.addRaw(value);
      return value;
    }
    if ((char === "'" || char === '"') && !this.#options.skipQuotes) {
      this.#nested = false;
      const value = char === "'" ? this.#singleQuoted() : this.#doubleQuoted();
      if (this.#nested) words.forget();
      words.addRaw(value);
      return value;
    }
    if (char === this.#escape) {
      this.#at++;
      const next = this.#text[this.#at++] ?? "";
      const value = rawEscapes ? char + next : next;
      words.addRaw(value);
      return value;
    }
    ORDINARY.lastIndex = this.#at;
    const run = ORDINARY.exec(this.#text)?.[0] ?? char;
    this.#at += run.length;
    words.add(run);
    return run;
  }

  /** `<<` keeps the blanks behind it, so that `<< EOF` is one word. */
  #heredocOperator(): string {
    BLANKS.lastIndex = this.#at + 2;
    const value = `<<${BLANKS.exec(this.#text)?.[0] ?? ""}`;
    this.#at += value.length;
    return value;
  }

  #singleQuoted(): string {
    const end = this.#text.indexOf("'", this.#at + 1);
    if (end < 0) throw new Bad("unexpected end of statement while looking for matching single-quote");
    const value = this.#text.slice(this.#at, end + 1);
    this.#at = end + 1;
    return this.#options.rawQuotes ? value : value.slice(1, -1);
  }

  #doubleQuoted(): string {
    const quote = this.#options.rawQuotes ? '"' : "";
    const parts = [quote];
    this.#at++;
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined) throw new Bad("unexpected end of statement while looking for matching double-quote");
      if (char === "$") {
        parts.push(this.#dollar());
        continue;
      }
      this.#at++;
      if (char === '"') return parts.join("") + quote;
      if (char === this.#escape) parts.push(this.#escapedInQuotes(char));
      else parts.push(char);
    }
  }

  /** Inside double quotes only the quote, `$` and the escape itself can be escaped. */
  #escapedInQuotes(char: string): string {
    const raw = this.#options.rawEscapes ? char : "";
    const next = this.#text[this.#at];
    if (next === undefined) return raw;
    if (next !== '"' && next !== "$" && next !== this.#escape) return raw + char;
    this.#at++;
    return raw + next;
  }

  #dollar(): string {
    this.#at++;
    if (this.#text[this.#at] === "{") {
      this.#at++;
      return this.#braces();
    }
    const name = this.#name();
    if (!name) return "$";
    const value = this.#get(name);
    if (value === undefined && this.#options.keepUnset) return `$${name}`;
    return value ?? "";
  }

  #braces(): string {
    const first = this.#text[this.#at];
    if (first === undefined) throw new Bad("syntax error: missing '}'");
    if (first === "{" || first === "}" || first === ":") throw new Bad("syntax error: bad substitution");
    const name = this.#name();
    const char = this.#text[this.#at++];
    if (char === "}") {
      const value = this.#get(name);
      if (value === undefined && this.#options.keepUnset) return `\${${name}}`;
      return value ?? "";
    }
    if (char === undefined) throw new Bad("syntax error: missing '}'");
    if (char === "/") return this.#replaced(name);
    const colon = char === ":";
    const modifier = colon ? (this.#text[this.#at++] ?? "") : char;
    if (!"+-?#%".includes(modifier) || modifier === "" || (colon && "#%".includes(modifier))) {
      throw new Bad(`unsupported modifier (${colon ? `:${modifier}` : modifier}) in substitution`);
    }
    return this.#modified(name, modifier, colon);
  }

  #modified(name: string, modifier: string, colon: boolean): string {
    const trims = modifier === "#" || modifier === "%";
    const word = this.#part("}", trims, "syntax error: missing '}'");
    const value = this.#get(name);
    const keep = value === undefined && this.#options.keepUnset;
    if (keep) return `\${${name}${colon ? ":" : ""}${modifier}${word}}`;
    const missing = value === undefined || (colon && value === "");
    if (modifier === "-") return missing ? word : (value as string);
    if (modifier === "+") return missing ? "" : word;
    if (modifier === "?") {
      if (!missing) return value as string;
      throw new Bad(`${name}: ${word || `is not allowed to be ${value === undefined ? "unset" : "empty"}`}`);
    }
    const longest = word.startsWith(modifier);
    const pattern = this.#pattern(longest ? word.slice(1) : word);
    return modifier === "#"
      ? trimPrefix(value ?? "", pattern, longest, this.#effort)
      : trimSuffix(value ?? "", pattern, longest, this.#effort);
  }

  #replaced(name: string): string {
    const all = this.#text[this.#at] === "/";
    if (all) this.#at++;
    const pattern = this.#part("/", true, "syntax error: missing '/' in substitution");
    const replacement = this.#part("}", true, "syntax error: missing '}'");
    const value = this.#get(name);
    // The second slash of // is not kept, as with BuildKit.
    if (value === undefined && this.#options.keepUnset) return `\${${name}/${pattern}/${replacement}}`;
    return replaceMatches(value ?? "", this.#pattern(pattern), replacement, all, this.#effort);
  }

  #pattern(text: string): ReturnType<typeof parsePattern> {
    return parsePattern(text, (message) => new Bad(message));
  }

  #part(stop: string, rawEscapes: boolean, missing: string): string {
    try {
      const { text } = this.upTo(stop, rawEscapes);
      this.#nested = true;
      return text;
    } catch (error) {
      if (error instanceof Bad && this.#at >= this.#text.length && error.message.endsWith(`matching ${stop}`))
        throw new Bad(missing);
      throw error;
    }
  }

  /** Letters, digits and `_`; or digits alone; or one special parameter of sh. */
  #name(): string {
    const start = this.#at;
    const digits = /[0-9]+/y;
    digits.lastIndex = start;
    const number = digits.exec(this.#text)?.[0];
    if (number) {
      this.#at += number.length;
      return number;
    }
    if ("@*#?-$!".includes(this.#text[start] ?? " ")) return this.#text[this.#at++] as string;
    while (this.#at < this.#text.length) {
      const code = this.#text.codePointAt(this.#at) as number;
      if (!isLetter(code) && !(code >= 48 && code <= 57) && code !== 95) break;
      this.#at += code > 0xffff ? 2 : 1;
    }
    return this.#text.slice(start, this.#at);
  }

  #get(name: string): string | undefined {
    const value = this.#scope.get(name);
    (value === undefined ? this.unmatched : this.matched).add(name);
    this.#count(value?.length ?? 0);
    return value;
  }

  #spend(steps: number): void {
    this.#compared += steps;
    if (this.#compared > MOST_COMPARED) throw patternTooCostly(this.#text);
  }

  #count(length: number): void {
    this.#put += length;
    if (this.#put > MOST) throw wordTooLong(this.#text, MOST);
  }
}
