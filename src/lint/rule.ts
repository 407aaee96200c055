/** What a rule is: a name, and what it looks at. */
import type { Range, SourceText } from "../core/index.ts";
import type { Dockerfile, From, IgnoreLine, Instruction } from "../dockerfile/index.ts";
import type { LineState, NamedScope } from "../plan/index.ts";
import type { BuiltStage } from "./built-image.ts";

/** How bad it is. Nothing but the user's threshold makes a failure of it. */
export type Severity = "error" | "warning" | "info" | "style";

/** A change to the text of a file that follows from advice. Offsets count UTF-16 units; `end` is exclusive. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A piece of advice. */
export interface Warning {
  /** Name of the rule. */
  readonly rule: string;
  /** What the rule asks for, whatever the line. */
  readonly description: string;
  readonly message: string;
  readonly range: Range;
  /** Where the rule is explained, if that is in the web. */
  readonly url?: string;
  readonly severity: Severity;
  /** The text it is about, where that is not the Dockerfile. */
  readonly source?: SourceText;
  /** Changes that do what is advised, where it is certain what to do. */
  readonly edits?: readonly Edit[] | undefined;
  /** A file of the build context that is to be made. */
  readonly creates?: SourceText;
}

/** What advice can be about: a line, and the comments above it, which may say that it is not wanted. */
export interface Subject {
  readonly range: Range;
  readonly comments: readonly string[];
}

/** Text to put in a range's place. */
export interface Replacement {
  readonly range: Range;
  readonly text: string;
}

/** What a rule can say besides the message. */
export interface Details {
  /** Where in the file; the whole subject if left out. */
  readonly at?: { readonly start: number; readonly end: number } | undefined;
  readonly source?: SourceText;
  readonly range?: Range;
  readonly edits?: readonly Edit[] | undefined;
  readonly creates?: SourceText;
  /** Edits by range. */
  readonly replace?: readonly Replacement[];
}

export type Tell = (subject: Subject, message: string, details?: Details) => void;

/** A file or a folder of the build context, ignored ones left out. */
export interface ContextEntry {
  readonly folder: boolean;
  readonly executable: boolean;
}

/** The build context, as far as advice needs it. */
export interface ContextView {
  /** By path, with `/` between names. */
  readonly entries: ReadonlyMap<string, ContextEntry>;
  /** The ignore file, if there is one, with its patterns. */
  readonly ignore: { readonly source: SourceText; readonly rules: readonly IgnoreLine[] } | undefined;
}

/** What the user's settings say to rules that need to be told. */
export interface Policy {
  /** Registries that images may come from; all if there are none. */
  readonly trustedRegistries: readonly string[];
  /** Labels that must be there, with the form of their value. */
  readonly labelSchema: ReadonlyMap<string, string>;
  /** Other labels may not be there. */
  readonly strictLabels: boolean;
}

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
  /** Values of `--build-arg`. */
  readonly buildArgs: ReadonlyMap<string, string>;
  /** Undefined where nobody has looked at it. */
  readonly context?: ContextView | undefined;
  readonly policy?: Policy | undefined;
  /** `2026-01-31`; undefined if it does not count. */
  readonly today?: string | undefined;
  /** Images are not looked at, so that nothing is known of what they set. */
  readonly imagesUnknown?: true | undefined;
}

/**
 * One rule. Each part is optional and is called in this order: `written` for what was
 * read, even if a later line cannot be read; `whole` for the file; and the others while
 * stages are planned, which ends at the first error. `built` comes after a build that did something.
 */
export interface Rule {
  readonly name: string;
  /** What it asks for, in a clause; BuildKit's words for its own rules, which Docker prints too. */
  readonly description: string;
  /** What is bad about it and what is better, in one sentence. */
  readonly advice: string;
  /** Shorter name, such as SW001. */
  readonly code?: string;
  /** Names of the same rule elsewhere; they skip it too. */
  readonly aliases?: readonly string[];
  /** A warning if left out. */
  readonly severity?: Severity;
  /** Whether `lint --fix` can do what it asks for. */
  readonly fixable?: true;
  /** Runs only where the file or the user asks for it. */
  readonly experimental?: true;
  /** Edits for what the reader of the file told. */
  readonly mend?: (file: Dockerfile, range: Range) => readonly Edit[] | undefined;
  readonly written?: (file: Dockerfile, tell: Tell) => void;
  readonly whole?: (file: Dockerfile, around: Surroundings, tell: Tell) => void;
  readonly from?: (from: From, globals: NamedScope, tell: Tell, around: Surroundings) => void;
  readonly base?: (from: From, base: BaseFound, tell: Tell) => void;
  readonly line?: (line: Instruction, state: LineState, tell: Tell, around: Surroundings) => void;
  readonly built?: (file: Dockerfile, image: BuiltStage, tell: Tell) => void;
}

/** The platforms a base was found for and asked for, as text. */
export interface BaseFound {
  readonly name: string;
  readonly found: string;
  readonly wanted: string;
}

/** Where a rule of BuildKit, of hadolint or of ShellCheck is explained; the others are in docs/rules.md. */
export function urlOf({ name, code }: Pick<Rule, "name" | "code">): string | undefined {
  if (code !== undefined) return undefined;
  if (/^DL\d/.test(name)) return `https://github.com/hadolint/hadolint/wiki/${name}`;
  if (/^SC\d/.test(name)) return `https://www.shellcheck.net/wiki/${name}`;
  const kebab = name.replace(/([a-z])([A-Z])|([A-Z])([A-Z][a-z])/g, "$1$3-$2$4").toLowerCase();
  return `https://docs.docker.com/go/dockerfile/rule/${kebab}/`;
}
