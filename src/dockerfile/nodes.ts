/**
 * Lines to nodes: comments, continuations, heredocs, and each instruction's flags and arguments.
 *
 * Nothing is known here of what an instruction means; `instructions.ts` gives it its type.
 */
import type { Findings, Range, SourceText } from "../core/index.ts";
import { type Arguments, readArguments } from "./arguments.ts";
import type { Directive, Heredoc, ParseWarning } from "./ast.ts";
import { isSpace, trimSpace } from "./characters.ts";
import { readDirectives } from "./directives.ts";
import { lineTooLong, noInstructions, unterminatedHeredoc } from "./errors.ts";
import { splitFlags } from "./flags.ts";
import { heredocMarks } from "./heredoc.ts";
import { LogicalLine, type Piece } from "./logical-line.ts";

/** An instruction, its words taken apart but not understood. */
export interface RawNode extends Arguments {
  /** The keyword as it was written. */
  readonly instruction: Piece;
  readonly line: LogicalLine;
  readonly flags: readonly Piece[];
  readonly heredocs: readonly Heredoc[];
  readonly comments: readonly string[];
  /** First and last line in the file. */
  readonly lines: readonly [first: number, last: number];
  /** What ONBUILD holds. */
  readonly sub?: RawNode;
}

/** What a file has besides its instructions. */
export interface RawDockerfile {
  readonly directives: readonly Directive[];
  readonly escape: string;
  readonly warnings: readonly ParseWarning[];
}

/**
 * Hands the nodes on one by one, so that a file of any length is read with little memory.
 * What is wrong with an instruction goes to the findings, and the instruction is left
 * out. Throws DOCKERFILE_EMPTY, DOCKERFILE_DIRECTIVE and DOCKERFILE_LINE_TOO_LONG.
 */
export function readNodes(source: SourceText, findings: Findings, onNode: (node: RawNode) => void): RawDockerfile {
  return new Reader(source, findings).read(onNode);
}

/** Reads one instruction that stands alone, as ONBUILD and `--change` have it. */
export function readNode(text: string, escape: string, source: SourceText): RawNode {
  const line = new LogicalLine(text, [{ offset: 0, position: { line: 1, column: 1 } }]);
  return nodeOf(line, escape, NONE, [1, 1], source);
}

/** What BuildKit reads of a line, in bytes. */
const LONGEST_LINE = 65535;
/** Most instructions lack most things; they share this. */
const NONE: readonly never[] = [];
const KEYWORD = /[^\t\v\f\r ]+/y;
const UTF8 = new TextEncoder();
const EMPTY_CONTINUATION_URL = "https://docs.docker.com/go/dockerfile/rule/no-empty-continuation/";

class Reader {
  readonly #source: SourceText;
  readonly #lines: readonly string[];
  readonly #warnings: ParseWarning[] = [];
  readonly #findings: Findings;
  #escape = "\\";
  #next = 0;

  constructor(source: SourceText, findings: Findings) {
    this.#source = source;
    this.#findings = findings;
    const lines = source.text.split("\n");
    if (lines.at(-1) === "") lines.pop();
    const long = lines.findIndex((line) => line.length * 3 > LONGEST_LINE && UTF8.encode(line).length > LONGEST_LINE);
    if (long >= 0) throw lineTooLong(source, long + 1, LONGEST_LINE);
    this.#lines = lines;
  }

  read(onNode: (node: RawNode) => void): RawDockerfile {
    const head = readDirectives(this.#source, this.#lines);
    this.#escape = head.escape;
    let empty = true;
    let comments: string[] = [];
    while (this.#next < this.#lines.length && !this.#findings.full) {
      const raw = this.#text(this.#next);
      if (isComment(raw)) {
        if (this.#next >= head.lines) addComment(comments, raw);
        this.#next++;
        continue;
      }
      const node = this.#readOne(raw, comments.length > 0 ? comments : NONE);
      if (!node) continue;
      onNode(node);
      empty = false;
      if (comments.length > 0) comments = [];
    }
    if (empty && this.#findings.none) throw noInstructions(this.#source, this.#lines.length);
    return { directives: head.directives, escape: head.escape, warnings: this.#warnings };
  }

  #text(index: number): string {
    const line = this.#lines[index] ?? "";
    return index === 0 && line.startsWith("\ufeff") ? line.slice(1) : line;
  }

  /** One instruction with its continuation lines and heredocs; undefined for an empty line and for one that is wrong. */
  #readOne(raw: string, comments: readonly string[]): RawNode | undefined {
    const first = this.#next + 1;
    const bom = this.#next === 0 && this.#lines[0]?.startsWith("\ufeff") ? 1 : 0;
    const indent = leadingSpace(raw);
    const head = continued(trimNewline(raw).slice(indent), this.#escape);
    this.#next++;
    if (head.ends && head.text === "") return undefined;
    const line = this.#joined(head, { line: first, column: indent + bom + 1 });
    return this.#findings.attempt(() => {
      const node = nodeOf(line, this.#escape, comments, [first, this.#next], this.#source);
      const heredocs = this.#readHeredocs(node);
      return heredocs.length === 0 ? node : { ...node, heredocs, lines: [first, this.#next] };
    });
  }

  #joined(head: { text: string; ends: boolean }, position: { line: number; column: number }): LogicalLine {
    const parts = [head.text];
    const segments = [{ offset: 0, position }];
    let length = head.text.length;
    let ends = head.ends;
    let empty = false;
    while (!ends && this.#next < this.#lines.length) {
      const raw = trimNewline(this.#text(this.#next++));
      if (isComment(raw)) continue;
      if (leadingSpace(raw) === raw.length) {
        empty = true;
        continue;
      }
      const part = continued(raw, this.#escape);
      segments.push({ offset: length, position: { line: this.#next, column: 1 } });
      parts.push(part.text);
      length += part.text.length;
      ends = part.ends;
    }
    const text = parts.join("");
    if (empty) this.#warnEmpty(text);
    return new LogicalLine(text, segments);
  }

  #warnEmpty(text: string): void {
    const range: Range = { start: { line: this.#next, column: 1 }, end: { line: this.#next + 1, column: 1 } };
    const message = `Empty continuation line found in: ${text}`;
    this.#warnings.push({ rule: "NoEmptyContinuation", message, range, url: EMPTY_CONTINUATION_URL });
  }

  #readHeredocs(node: RawNode): readonly Heredoc[] {
    const holder = node.sub ?? node;
    if (!node.line.text.includes("<<") || holder.json) return NONE;
    if (!["RUN", "COPY", "ADD"].includes(holder.instruction.text.toUpperCase())) return NONE;
    return heredocMarks(node.line).map((mark) => {
      const content: string[] = [];
      const start = this.#next + 1;
      for (; ; this.#next++) {
        const raw = this.#lines[this.#next];
        if (raw === undefined) throw unterminatedHeredoc(this.#source, mark.name, node.line.rangeOf(mark));
        const candidate = trimNewline(raw);
        if ((mark.chomp ? candidate.replace(/^\t+/, "") : candidate) === mark.name) break;
        content.push(`${raw}\n`);
      }
      this.#next++;
      const { name, fd, expand, chomp } = mark;
      const range: Range = { start: { line: start, column: 1 }, end: { line: this.#next, column: 1 } };
      return { name, fd, expand, chomp, content: content.join(""), range };
    });
  }
}

/** ONBUILD in ONBUILD is refused in any case. */
const DEEPEST = 10;

function nodeOf(
  line: LogicalLine,
  escape: string,
  comments: readonly string[],
  lines: readonly [number, number],
  source: SourceText,
  depth = 0,
): RawNode {
  const { text } = line;
  const start = leadingSpace(text);
  KEYWORD.lastIndex = start;
  const word = KEYWORD.exec(text)?.[0] ?? "";
  const instruction: Piece = { text: word, start, end: start + word.length };
  const { flags, rest } = splitFlags(text, instruction.end, escape);
  const name = word.toUpperCase();
  if (name === "ONBUILD" && rest.text !== "" && depth < DEEPEST) {
    const sub = nodeOf(line.from(rest.start), escape, NONE, lines, source, depth + 1);
    return { instruction, line, flags, comments, lines, heredocs: NONE, args: NONE, json: false, sub };
  }
  const { args, json } = readArguments(name, rest, escape, { source, line });
  return { instruction, line, flags, comments, lines, heredocs: NONE, args, json };
}

/** The line without the character that continues it. Two of them do not. */
function continued(text: string, escape: string): { text: string; ends: boolean } {
  let end = text.length;
  while (end > 0 && (text[end - 1] === " " || text[end - 1] === "\t")) end--;
  if (text[end - 1] !== escape || text[end - 2] === escape) return { text, ends: true };
  return { text: text.slice(0, end - 1), ends: false };
}

/** An empty comment line parts those above it from the instruction. */
function addComment(comments: string[], raw: string): void {
  const text = trimSpace(trimNewline(raw).slice(1));
  if (text === "") comments.length = 0;
  else comments.push(text);
}

function isComment(raw: string): boolean {
  return raw[leadingSpace(raw)] === "#";
}

function leadingSpace(text: string): number {
  let at = 0;
  while (at < text.length && isSpace(text.charCodeAt(at))) at++;
  return at;
}

function trimNewline(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === "\r") end--;
  return text.slice(0, end);
}
