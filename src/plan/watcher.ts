/** Who is told what a plan comes across, so that advice can be given that needs to know what words mean. */
import type { From, Instruction, Scope, Stage } from "../dockerfile/index.ts";
import type { Platform } from "../oci/index.ts";

/** What names stand for, and which there are. */
export interface NamedScope extends Scope {
  names(): readonly string[];
}

/** What holds at a line, before the line does anything. */
export interface LineState {
  readonly stage: Stage;
  /** The stages it is made from: the one that FROM names, the one that names, and so on. */
  readonly ancestors: () => readonly Stage[];
  /** The last of them; the stage itself if it has none. */
  readonly root: Stage;
  readonly scope: NamedScope;
  /** Names that ARG declared, with or without a value. */
  readonly declared: ReadonlySet<string>;
  /** What SHELL set. */
  readonly shell: readonly string[] | undefined;
  readonly escape: string;
}

export interface PlanWatcher {
  /** A FROM line is about to be read; its variables stand for what `globals` says. */
  from(from: From, globals: NamedScope): void;
  /** The base of a stage was found, for a platform that may not be the one it was asked for. */
  base(from: From, name: string, found: Platform, wanted: Platform): void;
  /** A line of a stage is about to be planned. Lines that come from ONBUILD of a base are not told of. */
  line(instruction: Instruction, state: LineState): void;
}
