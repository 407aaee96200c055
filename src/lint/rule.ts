/** What a rule is: a name, and what it looks at. */
import type { Range } from "../core/index.ts";
import type { Dockerfile, From, Instruction } from "../dockerfile/index.ts";
import type { LineState, NamedScope } from "../plan/index.ts";

/** A piece of advice. */
export interface Warning {
  /** Name of the rule. */
  readonly rule: string;
  /** What the rule asks for, whatever the line. */
  readonly description: string;
  readonly message: string;
  readonly range: Range;
  /** Where the rule is explained. */
  readonly url: string;
}

/** What advice can be about: a line, and the comments above it, which may say that it is not wanted. */
export interface Subject {
  readonly range: Range;
  readonly comments: readonly string[];
}

export type Tell = (subject: Subject, message: string) => void;

/** What rules know besides the file. */
export interface Surroundings {
  /** ARGs before the first FROM, as they are when no build argument is given. */
  readonly defaults: NamedScope;
  /** Names of the ARGs before the first FROM, with or without a value. */
  readonly declared: ReadonlySet<string>;
  /** Whether .dockerignore keeps a path of the context out; undefined if it has no say or has exceptions. */
  readonly ignored: ((path: string) => boolean) | undefined;
  /** Whether an image can have the name. */
  readonly isImageName: (name: string) => boolean;
}

/**
 * One rule. Each part is optional and is called in this order: `written` for what was
 * read, even if a later line cannot be read; `whole` for the file; and the others while
 * stages are planned, which ends at the first error.
 */
export interface Rule {
  readonly name: string;
  /** What it asks for, in a clause; BuildKit's words for its own rules, which Docker prints too. */
  readonly description: string;
  /** What is bad about it and what is better, in one sentence. */
  readonly advice: string;
  /** Runs only where the file or the user asks for it. */
  readonly experimental?: true;
  readonly written?: (file: Dockerfile, tell: Tell) => void;
  readonly whole?: (file: Dockerfile, around: Surroundings, tell: Tell) => void;
  readonly from?: (from: From, globals: NamedScope, tell: Tell, around: Surroundings) => void;
  readonly base?: (from: From, base: BaseFound, tell: Tell) => void;
  readonly line?: (line: Instruction, state: LineState, tell: Tell, around: Surroundings) => void;
}

/** The platforms a base was found for and asked for, as text. */
export interface BaseFound {
  readonly name: string;
  readonly found: string;
  readonly wanted: string;
}

/** Where BuildKit's documentation explains a rule: its name in kebab case. */
export function urlOf(name: string): string {
  const kebab = name.replace(/([a-z])([A-Z])|([A-Z])([A-Z][a-z])/g, "$1$3-$2$4").toLowerCase();
  return `https://docs.docker.com/go/dockerfile/rule/${kebab}/`;
}
