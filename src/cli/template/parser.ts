/** Tokens to a tree. Messages and their places are Go's (text/template/parse). */
import { badTemplate } from "../errors.ts";
import { LexError, lex, type Token, type TokenKind } from "./lexer.ts";
import type { Command, Operand, ParsedTemplate, Pipe, Statement } from "./nodes.ts";
import { unquote } from "./unquote.ts";

/** Throws TEMPLATE_INVALID. `functions` are the names that may be called. */
export function parseTemplate(text: string, functions: ReadonlySet<string>): ParsedTemplate {
  try {
    return new Parser(text, lex(text), functions).parse();
  } catch (error) {
    if (!(error instanceof LexError)) throw error;
    throw badTemplate(`template: :${text.slice(0, error.offset).split("\n").length}: ${error.message}`);
  }
}

type Ending = "end" | "else" | "eof";

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly #functions: ReadonlySet<string>;
  readonly #defined = new Map<string, readonly Statement[]>();
  #variables: string[] = ["$"];
  #at = 0;
  #rangeDepth = 0;

  constructor(text: string, tokens: readonly Token[], functions: ReadonlySet<string>) {
    this.#text = text;
    this.#tokens = tokens;
    this.#functions = functions;
  }

  parse(): ParsedTemplate {
    const { body, ending } = this.#list(true);
    if (ending !== "eof") this.#fail(`unexpected {{${ending}}}`);
    return { text: this.#text, body, defined: this.#defined };
  }

  /** Statements up to `{{end}}`, `{{else`, or the end of the text. */
  #list(top = false): { body: Statement[]; ending: Ending } {
    const body: Statement[] = [];
    for (;;) {
      const token = this.#next();
      if (token.kind === "end") {
        if (!top) this.#fail("unexpected EOF");
        return { body, ending: "eof" };
      }
      if (token.kind === "text") {
        body.push({ kind: "text", text: token.text, offset: token.offset });
        continue;
      }
      const keyword = this.#skipBlanks();
      if (keyword.kind !== "keyword") {
        const pipe = this.#pipe("command", "close");
        body.push({ kind: "action", pipe, offset: pipe.offset });
        continue;
      }
      this.#next();
      if (keyword.text === "end") {
        this.#expect("close", "end");
        return { body, ending: "end" };
      }
      if (keyword.text === "else") return { body, ending: "else" };
      const statement = this.#keyword(keyword, top);
      if (statement) body.push(statement);
    }
  }

  #keyword(keyword: Token, top: boolean): Statement | undefined {
    const { text, offset } = keyword;
    if (text === "if" || text === "with" || text === "range") return this.#control(text, offset);
    if (text === "break" || text === "continue") {
      this.#expect("close", `{{${text}}}`);
      if (this.#rangeDepth === 0) this.#fail(`{{${text}}} outside {{range}}`);
      return { kind: text, offset };
    }
    const name = this.#skipBlanks();
    if (name.kind !== "string") this.#fail(`unexpected ${described(name)} in ${text} clause`);
    this.#next();
    if (text === "define") {
      if (!top) this.#fail("unexpected {{define}}");
      this.#expect("close", "define clause");
      this.#define(unquote(name.text) ?? "");
      return undefined;
    }
    const empty = text === "template" && this.#skipBlanks().kind === "close";
    if (empty) this.#next();
    const pipe = empty ? undefined : this.#pipe(`${text} clause`, "close");
    const its = unquote(name.text) ?? "";
    if (text === "block") this.#define(its);
    return { kind: "template", name: its, quoted: JSON.stringify(its), pipe, offset: name.offset };
  }

  #define(name: string): void {
    const outer = this.#variables;
    this.#variables = ["$"];
    const { body, ending } = this.#list();
    if (ending !== "end") this.#fail(`unexpected {{${ending}}} in define clause`);
    this.#variables = outer;
    this.#defined.set(name, body);
  }

  #control(kind: "if" | "with" | "range", offset: number): Statement {
    const known = this.#variables.length;
    const pipe = this.#pipe(kind, "close");
    if (kind === "range") this.#rangeDepth++;
    const { body, ending } = this.#list();
    if (kind === "range") this.#rangeDepth--;
    let otherwise: readonly Statement[] = [];
    if (ending === "else") {
      const next = this.#skipBlanks();
      if (next.kind === "keyword" && next.text === kind && kind !== "range") {
        this.#next();
        otherwise = [this.#control(kind, next.offset)];
      } else {
        this.#expect("close", "else");
        const second = this.#list();
        if (second.ending !== "end") this.#fail(`expected end; found {{else}}`);
        otherwise = second.body;
      }
    }
    this.#variables.length = known;
    return { kind, pipe, body, otherwise, offset };
  }

  /** `[$x[, $y] := ]command | command`, with the token behind it. */
  #pipe(context: string, until: TokenKind): Pipe {
    const offset = this.#skipBlanks().offset;
    const declared = this.#declarations(context);
    const commands: Command[] = [];
    for (;;) {
      const token = this.#skipBlanks();
      if (token.kind === until) {
        this.#next();
        if (commands.length === 0) this.#fail(`missing value for ${context}`);
        this.#checkStages(commands);
        return { kind: "pipe", offset, ...declared, commands };
      }
      if (!STARTS.includes(token.kind)) this.#fail(`unexpected ${described(token)} in ${context}`);
      commands.push(this.#command());
    }
  }

  /** A constant can only be the first stage. */
  #checkStages(commands: readonly Command[]): void {
    for (const [i, command] of commands.entries()) {
      const first = command.words[0];
      if (i > 0 && first && ["bool", "dot", "nil", "number", "string"].includes(first.kind)) {
        this.#fail(`non executable command in pipeline stage ${i + 1}`);
      }
    }
  }

  #declarations(context: string): { variables: string[]; assigns: boolean } {
    const start = this.#at;
    const names: string[] = [];
    while (this.#skipBlanks().kind === "variable") {
      const name = this.#next();
      const token = this.#skipBlanks();
      names.push(name.text);
      if (token.kind === "declare" || token.kind === "assign") {
        this.#next();
        if (token.kind === "declare") this.#variables.push(...names);
        return { variables: names, assigns: token.kind === "assign" };
      }
      if (token.kind !== "comma" || context !== "range" || names.length > 1) break;
      this.#next();
    }
    this.#at = start;
    return { variables: [], assigns: false };
  }

  #command(): Command {
    const words: Operand[] = [];
    const offset = this.#skipBlanks().offset;
    for (;;) {
      this.#skipBlanks();
      const word = this.#operand();
      if (word) words.push(word);
      const token = this.#peek();
      if (token.kind === "space") {
        this.#next();
        continue;
      }
      if (token.kind === "pipe") this.#next();
      else if (token.kind !== "close" && token.kind !== "right") this.#fail(`unexpected ${described(token)} in operand`);
      break;
    }
    if (words.length === 0) this.#fail("empty command");
    return { kind: "command", offset, words };
  }

  #operand(): Operand | undefined {
    const term = this.#term();
    if (!term || this.#peek().kind !== "field") return term;
    const { offset } = this.#peek();
    const names: string[] = [];
    while (this.#peek().kind === "field") names.push(this.#next().text.slice(1));
    if (term.kind === "field") return { kind: "field", offset, names: [...term.names, ...names] };
    if (term.kind === "variable") return { kind: "variable", offset, name: term.name, names: [...term.names, ...names] };
    if (["bool", "string", "number", "nil", "dot"].includes(term.kind))
      this.#fail(`unexpected . after term ${JSON.stringify(textOf(term))}`);
    return { kind: "chain", offset, of: term, names };
  }

  #term(): Operand | undefined {
    const token = this.#peek();
    const { offset, text } = token;
    if (!STARTS.includes(token.kind)) return undefined;
    this.#next();
    switch (token.kind) {
      case "identifier":
        if (!this.#functions.has(text)) this.#fail(`function ${JSON.stringify(text)} not defined`);
        return { kind: "identifier", name: text, offset };
      case "variable":
        if (!this.#variables.includes(text)) this.#fail(`undefined variable ${JSON.stringify(text)}`);
        return { kind: "variable", name: text, names: [], offset };
      case "field":
        return { kind: "field", names: [text.slice(1)], offset };
      case "bool":
        return { kind: "bool", value: text === "true", offset };
      case "string":
        return { kind: "string", value: unquote(text) ?? this.#fail(`invalid syntax`), text, offset };
      case "character":
        return {
          kind: "number",
          value: BigInt(unquote(text)?.codePointAt(0) ?? this.#fail(`malformed character constant: ${text}`)),
          text,
          offset,
        };
      case "number":
        return {
          kind: "number",
          value: numberOf(text) ?? this.#fail(`bad number syntax: ${JSON.stringify(text)}`),
          text,
          offset,
        };
      case "left":
        return this.#pipe("parenthesized pipeline", "right");
      default:
        return { kind: token.kind as "dot" | "nil", offset };
    }
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? { kind: "end", text: "", offset: this.#text.length };
  }

  #next(): Token {
    const token = this.#peek();
    this.#at++;
    return token;
  }

  #skipBlanks(): Token {
    while (this.#peek().kind === "space") this.#at++;
    return this.#peek();
  }

  #expect(kind: TokenKind, context: string): void {
    const token = this.#skipBlanks();
    if (token.kind !== kind) this.#fail(`unexpected ${described(token)} in ${context}`);
    this.#next();
  }

  #fail(message: string): never {
    const offset = this.#tokens[Math.max(0, this.#at - 1)]?.offset ?? 0;
    throw badTemplate(`template: :${this.#text.slice(0, offset).split("\n").length}: ${message}`);
  }
}

/** Tokens that a command can begin with. */
const STARTS: readonly TokenKind[] = [
  "bool",
  "character",
  "dot",
  "field",
  "identifier",
  "number",
  "nil",
  "string",
  "variable",
  "left",
];

function described(token: Token): string {
  if (token.kind === "end") return "EOF";
  if (token.kind === "keyword") return `<${token.text}>`;
  return token.text.length > 10 ? `${JSON.stringify(token.text.slice(0, 10))}...` : JSON.stringify(token.text);
}

function textOf(term: Operand): string {
  if (term.kind === "dot") return ".";
  return term.kind === "number" || term.kind === "string" ? term.text : term.kind;
}

/** An integer where the text is one, else a float, as Go's ideal constants. */
function numberOf(text: string): bigint | number | undefined {
  const plain = text.replaceAll("_", "");
  const negative = plain.startsWith("-");
  const digits = plain.replace(/^[+-]/, "");
  if (/^(?:0[xX][\da-fA-F]+|0[oO][0-7]+|0[bB][01]+|\d+)$/.test(digits)) {
    const octal = /^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits;
    const value = BigInt(octal);
    return negative ? -value : value;
  }
  const value = Number(plain);
  return Number.isNaN(value) ? undefined : value;
}
