/** A template cut into tokens (Go's text/template/parse). */

export type TokenKind =
  | "text"
  | "open"
  | "close"
  | "space"
  | "identifier"
  | "keyword"
  | "field"
  | "dot"
  | "variable"
  | "number"
  | "character"
  | "string"
  | "bool"
  | "nil"
  | "declare"
  | "assign"
  | "pipe"
  | "comma"
  | "left"
  | "right"
  | "end";

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly offset: number;
}

const KEYWORDS = ["block", "break", "continue", "define", "else", "end", "if", "range", "template", "with"];
const BLANK = " \t\r\n";

/** Thrown with Go's words; the parser adds the place. */
export class LexError extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** All tokens up to one of kind `end`. Throws LexError. */
export function lex(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let trimNext = false;
  while (at < text.length) {
    const open = text.indexOf("{{", at);
    const trimBefore = open >= 0 && text[open + 2] === "-" && BLANK.includes(text[open + 3] ?? "x");
    let piece = text.slice(at, open < 0 ? undefined : open);
    let start = at;
    if (trimNext) {
      const trimmed = piece.replace(/^[ \t\r\n]+/, "");
      start += piece.length - trimmed.length;
      piece = trimmed;
    }
    if (trimBefore) piece = piece.replace(/[ \t\r\n]+$/, "");
    if (piece !== "") tokens.push({ kind: "text", text: piece, offset: start });
    trimNext = false;
    if (open < 0) break;
    const inside = open + (trimBefore ? 4 : 2);
    if (text.startsWith("/*", inside)) {
      const ended = comment(text, inside);
      at = ended.at;
      trimNext = ended.trim;
      continue;
    }
    tokens.push({ kind: "open", text: "{{", offset: open });
    const ended = lexAction(text, inside, tokens);
    at = ended.at;
    trimNext = ended.trim;
  }
  tokens.push({ kind: "end", text: "", offset: text.length });
  return tokens;
}

interface Ended {
  readonly at: number;
  readonly trim: boolean;
}

function comment(text: string, inside: number): Ended {
  const end = text.indexOf("*/", inside);
  if (end < 0) throw new LexError("unclosed comment", inside);
  const closed = closing(text, end + 2);
  if (!closed) throw new LexError("comment ends before closing delimiter", inside);
  return closed;
}

/** `}}` or ` -}}` at this place. */
function closing(text: string, at: number): Ended | undefined {
  if (text.startsWith("}}", at)) return { at: at + 2, trim: false };
  if (BLANK.includes(text[at] ?? "x") && text.startsWith("-}}", at + 1)) return { at: at + 4, trim: true };
  return undefined;
}

const SIMPLE: readonly (readonly [TokenKind, RegExp])[] = [
  ["declare", /:=/y],
  ["assign", /=/y],
  ["pipe", /\|/y],
  ["comma", /,/y],
  ["number", /[+-]?(?:0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?)/y],
  ["field", /\.[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ["dot", /\./y],
  ["variable", /\$[\p{L}\p{Nd}_]*/uy],
  ["identifier", /[\p{L}_][\p{L}\p{Nd}_]*/uy],
  ["space", /[ \t\r\n]+/y],
];

function lexAction(text: string, from: number, tokens: Token[]): Ended {
  let depth = 0;
  for (let at = from; ; ) {
    const closed = closing(text, at);
    if (closed) {
      if (depth > 0) throw new LexError("unclosed left paren", at);
      tokens.push({ kind: "close", text: "}}", offset: at });
      return closed;
    }
    if (at >= text.length) throw new LexError("unclosed action", at);
    const token = lexToken(text, at);
    if (token.kind === "left") depth++;
    if (token.kind === "right" && --depth < 0) throw new LexError("unexpected right paren", at);
    tokens.push(token);
    at += token.text.length;
  }
}

function lexToken(text: string, at: number): Token {
  const first = text[at] ?? "";
  if (first === '"' || first === "'" || first === "`") return quoted(text, at, first);
  if (first === "(" || first === ")") return { kind: first === "(" ? "left" : "right", text: first, offset: at };
  for (const [kind, pattern] of SIMPLE) {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found === undefined) continue;
    if (kind !== "identifier") return { kind, text: found, offset: at };
    if (KEYWORDS.includes(found)) return { kind: "keyword", text: found, offset: at };
    if (found === "true" || found === "false") return { kind: "bool", text: found, offset: at };
    return { kind: found === "nil" ? "nil" : "identifier", text: found, offset: at };
  }
  throw new LexError(`unexpected ${JSON.stringify(first)} in action`, at);
}

function quoted(text: string, at: number, quote: string): Token {
  const name =
    quote === '"'
      ? "unterminated quoted string"
      : quote === "`"
        ? "unterminated raw quoted string"
        : "unterminated character constant";
  for (let end = at + 1; end < text.length; end++) {
    if (text[end] === "\\" && quote !== "`") end++;
    else if (text[end] === "\n" && quote !== "`") break;
    else if (text[end] === quote) {
      return { kind: quote === "'" ? "character" : "string", text: text.slice(at, end + 1), offset: at };
    }
  }
  throw new LexError(name, at);
}
