/**
 * The instructions of a Dockerfile as the author wrote them.
 *
 * Nothing is expanded here: a `Word` still has its `$NAME` and its quotes, and only
 * `plan` may expand it. Names of fields follow the Dockerfile reference.
 */
import type { Range, SourceText } from "../core/index.ts";

/** Text that is not expanded yet. */
export interface Word {
  /** Quotes, escapes and `$` are still in it. */
  readonly raw: string;
  readonly range: Range;
}

/** A heredoc: `<<EOF`, its lines, `EOF`. */
export interface Heredoc {
  readonly name: string;
  /** The lines between, each with its line feed; tabs at their start already removed where `chomp` asks for it in COPY and ADD. */
  readonly content: string;
  /** File descriptor written before `<<`; 0 is standard input. */
  readonly fd: number;
  /** Whether `$NAME` in the content is expanded: not when any part of the name was quoted. */
  readonly expand: boolean;
  /** Whether it was written `<<-`: tabs at the start of lines go. */
  readonly chomp: boolean;
  readonly range: Range;
}

/** What RUN, CMD, ENTRYPOINT start: an argument list, or a line for the shell. */
export type Command =
  | { readonly form: "exec"; readonly argv: readonly string[] }
  | { readonly form: "shell"; readonly line: string; readonly heredocs: readonly Heredoc[] };

/** What every instruction has. */
interface Node {
  /** From the first column of its first line to the end of its last. */
  readonly range: Range;
  /** The keyword as it was written, such as `run`. */
  readonly keyword: string;
  /** What was written, continuation lines joined, heredoc bodies left out. */
  readonly text: string;
  /** Comment lines right above, without `#`. */
  readonly comments: readonly string[];
  /** Names of the `--flags` that were written. */
  readonly flagsUsed: readonly string[];
}

export interface From extends Node {
  readonly kind: "FROM";
  readonly image: Word;
  readonly platform?: Word;
  /** The stage's name as it was written. */
  readonly as?: Word;
  /** `AS` as it was written. */
  readonly asKeyword?: string;
}
export interface Run extends Node {
  readonly kind: "RUN";
  readonly command: Command;
  /** Values of `--mount`, in order. */
  readonly mounts: readonly Word[];
  readonly devices: readonly Word[];
  readonly network?: Word;
  readonly security?: Word;
}
interface Files extends Node {
  readonly sources: readonly Word[];
  /** Files whose content is in the Dockerfile; `name` is their path. */
  readonly heredocs: readonly Heredoc[];
  readonly dest: Word;
  readonly chown?: Word;
  readonly chmod?: Word;
  readonly link: boolean;
  readonly exclude: readonly Word[];
}
export interface Copy extends Files {
  readonly kind: "COPY";
  readonly from?: Word;
  readonly parents: boolean;
  /** slipway's own: a source that is not there is no error. */
  readonly ignoreMissing: boolean;
}
export interface Add extends Files {
  readonly kind: "ADD";
  readonly checksum?: Word;
  readonly keepGitDir?: boolean;
  readonly unpack?: boolean;
}
/** A pair of ENV or LABEL. `legacy` is the form without `=`. */
export interface Pair {
  readonly key: Word;
  readonly value: Word;
  readonly legacy: boolean;
}
export interface Env extends Node {
  readonly kind: "ENV";
  readonly pairs: readonly Pair[];
}
export interface Label extends Node {
  readonly kind: "LABEL";
  readonly pairs: readonly Pair[];
}
export interface Arg extends Node {
  readonly kind: "ARG";
  readonly args: readonly { readonly key: string; readonly value?: Word; readonly range: Range }[];
}
export interface Workdir extends Node {
  readonly kind: "WORKDIR";
  readonly path: Word;
}
export interface User extends Node {
  readonly kind: "USER";
  readonly user: Word;
}
export interface Cmd extends Node {
  readonly kind: "CMD";
  readonly command: Command;
}
export interface Entrypoint extends Node {
  readonly kind: "ENTRYPOINT";
  readonly command: Command;
}
export interface Expose extends Node {
  readonly kind: "EXPOSE";
  /** In the order of their text, as BuildKit sorts them. */
  readonly ports: readonly Word[];
}
export interface Volume extends Node {
  readonly kind: "VOLUME";
  readonly volumes: readonly Word[];
}
export interface Shell extends Node {
  readonly kind: "SHELL";
  readonly shell: readonly string[];
}
export interface StopSignal extends Node {
  readonly kind: "STOPSIGNAL";
  readonly signal: Word;
}
export interface HealthCheck extends Node {
  readonly kind: "HEALTHCHECK";
  /** `["NONE"]`, `["CMD", …]` or `["CMD-SHELL", line]`. */
  readonly test: readonly string[];
  /** Nanoseconds. */
  readonly interval?: number;
  readonly timeout?: number;
  readonly startPeriod?: number;
  readonly startInterval?: number;
  readonly retries?: number;
}
export interface OnBuild extends Node {
  readonly kind: "ONBUILD";
  readonly expression: string;
}
export interface Maintainer extends Node {
  readonly kind: "MAINTAINER";
  readonly maintainer: string;
}

/** What a stage may hold. */
export type Instruction =
  | Run
  | Copy
  | Add
  | Env
  | Label
  | Arg
  | Workdir
  | User
  | Cmd
  | Entrypoint
  | Expose
  | Volume
  | Shell
  | StopSignal
  | HealthCheck
  | OnBuild
  | Maintainer;

/** A `# name=value` line at the top. */
export interface Directive {
  readonly name: string;
  readonly value: string;
  readonly range: Range;
}

/** A FROM and what follows it. */
export interface Stage {
  /** Lower case; empty where it has none. */
  readonly name: string;
  readonly from: From;
  readonly body: readonly Instruction[];
}

/** Something that is worth telling though it stops nothing, such as an empty continuation line. */
export interface ParseWarning {
  readonly rule: string;
  readonly message: string;
  readonly range: Range;
  readonly url?: string;
}

/** A Dockerfile, read but not expanded. */
export interface Dockerfile {
  readonly source: SourceText;
  readonly directives: readonly Directive[];
  /** `\` or a backtick. */
  readonly escape: string;
  /** ARGs before the first FROM. */
  readonly globals: readonly Arg[];
  readonly stages: readonly Stage[];
  readonly warnings: readonly ParseWarning[];
}
