/** An instruction's arguments, taken apart in the way that is its own. */
import type { Range, SourceText } from "../core/index.ts";
import { isSpace } from "./characters.ts";
import { jsonNotStrings, keyValueExpected, twoArguments } from "./errors.ts";
import type { LogicalLine, Piece } from "./logical-line.ts";

export interface Arguments {
  /** For ENV and LABEL three to a pair: key, value, and `=` or nothing (the legacy form). */
  readonly args: readonly Piece[];
  /** The JSON form was used. */
  readonly json: boolean;
}

/** Where arguments stand, for messages. */
export interface Place {
  readonly source: SourceText;
  readonly line: LogicalLine;
}

/** Takes the arguments of the instruction `name` (upper case) apart. */
export function readArguments(name: string, rest: Piece, escape: string, place: Place): Arguments {
  switch (name) {
    case "RUN":
    case "CMD":
    case "ENTRYPOINT":
    case "SHELL":
      return jsonOr(rest, place, whole);
    case "COPY":
    case "ADD":
    case "VOLUME":
      return jsonOr(rest, place, blanks);
    case "FROM":
    case "EXPOSE":
      return { args: blanks(rest), json: false };
    case "ENV":
    case "LABEL":
      return { args: pairs(name, rest, escape, place), json: false };
    case "ARG":
      return { args: quotedWords(rest, escape), json: false };
    case "HEALTHCHECK":
      return healthcheck(rest, place);
    case "USER":
    case "WORKDIR":
    case "STOPSIGNAL":
    case "MAINTAINER":
      return { args: whole(rest), json: false };
    case "ONBUILD":
      return { args: [], json: false };
    default:
      return { args: [{ text: "", start: rest.start, end: rest.end }], json: false };
  }
}

function whole(rest: Piece): Piece[] {
  return rest.text === "" ? [] : [rest];
}

/** Only these blanks separate: a no-break space does not. */
function blanks(rest: Piece): Piece[] {
  const words: Piece[] = [];
  const { text } = rest;
  for (let at = 0; at < text.length; ) {
    let end = at;
    while (end < text.length && !isBlank(text.charCodeAt(end))) end++;
    if (end > at) words.push(piece(rest, at, end));
    at = end + 1;
  }
  return words;
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9 || (code >= 11 && code <= 13);
}

function piece(rest: Piece, start: number, end: number): Piece {
  return { text: rest.text.slice(start, end), start: rest.start + start, end: rest.start + end };
}

function jsonOr(rest: Piece, place: Place, otherwise: (rest: Piece) => Piece[]): Arguments {
  const values = parseJson(rest, place);
  return values ? { args: values, json: true } : { args: otherwise(rest), json: false };
}

/** What is no JSON array is not the JSON form; an array of other things than strings is an error. */
function parseJson(rest: Piece, place: Place): Piece[] | undefined {
  if (!rest.text.startsWith("[") || !rest.text.endsWith("]")) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(rest.text);
  } catch {
    return undefined;
  }
  if (!Array.isArray(value)) return undefined;
  return value.map((item: unknown) => {
    if (typeof item !== "string") throw jsonNotStrings(place.source, rangeOf(place, rest));
    return { text: item.toWellFormed(), start: rest.start, end: rest.end };
  });
}

/** Blank or `=`, whichever comes first, tells the old form from the new. */
function pairs(name: string, rest: Piece, escape: string, place: Place): Piece[] {
  const words = quotedWords(rest, escape);
  const [first] = words;
  if (!first) return [];
  if (!first.text.includes("=")) {
    const gap = /[\t\v\f\r ]+/.exec(rest.text);
    if (!gap) throw twoArguments(place.source, rangeOf(place, rest), name);
    const value = piece(rest, gap.index + gap[0].length, rest.text.length);
    return [piece(rest, 0, gap.index), value, { text: "", start: value.start, end: value.start }];
  }
  return words.flatMap((word) => {
    const at = word.text.indexOf("=");
    if (at < 0) throw keyValueExpected(place.source, rangeOf(place, word), word.text);
    const middle = word.start + at;
    return [
      { text: word.text.slice(0, at), start: word.start, end: middle },
      { text: word.text.slice(at + 1), start: middle + 1, end: word.end },
      { text: "=", start: middle, end: middle + 1 },
    ];
  });
}

/** Words in which quotes and escapes protect blanks; they stay in the words. */
function quotedWords(rest: Piece, escape: string): Piece[] {
  const { text } = rest;
  const words: Piece[] = [];
  let at = 0;
  while (at < text.length) {
    if (isSpace(text.charCodeAt(at))) {
      at++;
      continue;
    }
    const start = at;
    let quote = "";
    let kept = "";
    let from = at;
    for (; at < text.length; at++) {
      const char = text[at] as string;
      if (!quote && isSpace(char.charCodeAt(0))) break;
      if (char === escape && quote !== "'") {
        // An escape at the very end goes.
        if (at + 1 === text.length) {
          kept += text.slice(from, at);
          from = text.length;
        } else at += (text.codePointAt(at + 1) as number) > 0xffff ? 2 : 1;
      } else if (quote ? char === quote : char === "'" || char === '"') quote = quote ? "" : char;
    }
    words.push({ text: kept + text.slice(from, at), start: rest.start + start, end: rest.start + at });
  }
  return words;
}

function healthcheck(rest: Piece, place: Place): Arguments {
  const found = /^(\S+)\s*([^]*)$/.exec(rest.text);
  const type = found?.[1];
  if (type === undefined) return { args: [], json: false };
  const at = rest.text.length - (found?.[2]?.length ?? 0);
  const command = jsonOr(piece(rest, at, rest.text.length), place, whole);
  return { args: [piece(rest, 0, type.length), ...command.args], json: command.json };
}

function rangeOf(place: Place, at: Piece): Range {
  return place.line.rangeOf(at);
}
