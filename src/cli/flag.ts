/** Flags as a command declares them, in a table that the parser, the help and the documentation read. */

/** What a flag takes. `list` may be repeated; `words` as well, and commas separate. */
export type FlagKind = "bool" | "text" | "list" | "words" | "int" | "bytes";

/** One flag of a command. */
export interface Flag {
  readonly name: string;
  /** A single letter. */
  readonly short?: string;
  readonly kind: FlagKind;
  readonly help: string;
  /** What the help calls the value; by its kind if left out. Empty hides it. */
  readonly value?: string;
  /** Value when the flag is not given, in the form the user would write. */
  readonly default?: string;
  /** What the flag means when it stands without `=VALUE`; such a flag never takes the next word. */
  readonly bare?: string;
  /** Accepted, but not listed. */
  readonly hidden?: boolean;
}

/** The values of a command's flags. Asking for a flag that the command does not declare is a bug. */
export class FlagValues {
  readonly #values: ReadonlyMap<string, readonly string[]>;
  readonly #flags: ReadonlyMap<string, Flag>;

  constructor(flags: readonly Flag[], values: ReadonlyMap<string, readonly string[]>) {
    this.#flags = new Map(flags.map((flag) => [flag.name, flag]));
    this.#values = values;
  }

  /** Whether the user gave the flag. */
  has(name: string): boolean {
    this.#flag(name);
    return this.#values.has(name);
  }

  bool(name: string): boolean {
    return isTrue(this.text(name) ?? "false");
  }

  /** The last value given, or the default. */
  text(name: string): string | undefined {
    return this.#values.get(name)?.at(-1) ?? this.#flag(name).default;
  }

  number(name: string): number | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : Number(text);
  }

  /** All values, in the order they were given. */
  list(name: string): readonly string[] {
    this.#flag(name);
    return this.#values.get(name) ?? [];
  }

  #flag(name: string): Flag {
    const flag = this.#flags.get(name);
    if (!flag) throw new Error(`bug: no flag --${name}`);
    return flag;
  }
}

const TRUE = ["1", "t", "T", "TRUE", "true", "True"];
const FALSE = ["0", "f", "F", "FALSE", "false", "False"];

/** Whether the text is one that Go's strconv.ParseBool takes for true. */
export function isTrue(text: string): boolean {
  return TRUE.includes(text);
}

/** Whether strconv.ParseBool takes the text at all. */
export function isBool(text: string): boolean {
  return TRUE.includes(text) || FALSE.includes(text);
}

/** `-q, --quiet`, as messages name a flag. */
export function flagTitle(flag: Flag): string {
  return flag.short ? `-${flag.short}, --${flag.name}` : `--${flag.name}`;
}
