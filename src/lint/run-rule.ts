/** What a rule about running an image is. There is no line to point at: the image and the call are looked at. */
import type { Rule, Severity } from "./rule.ts";

/** What the call of `run` asks for and what the image has. */
export interface RunFacts {
  /** Ports of EXPOSE: `5000/tcp`. */
  readonly exposed: readonly string[];
  /** Whether the call says how the ports are reached: it publishes some, or names a network. */
  readonly settled: boolean;
  /** Folders of the image that a folder of the host is put over. */
  readonly hidden: readonly HiddenFiles[];
}

/** Files of the image that a bind hides. */
export interface HiddenFiles {
  /** Where the bind lies, as it was asked for. */
  readonly target: string;
  readonly count: number;
  /** Whether there are more than were counted. */
  readonly more: boolean;
  /** The path of one of them, from the target. */
  readonly example: string;
}

export interface RunRule extends Pick<Rule, "name" | "description" | "advice"> {
  readonly code: string;
  readonly severity: Severity;
  /** Messages, where there is something to say. */
  readonly run: (facts: RunFacts) => readonly string[];
}

/** A piece of advice about a container that is about to begin. */
export interface RunAdvice {
  /** Name of the rule. */
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
}
