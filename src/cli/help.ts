/** The text of `--help`, from the tables of the commands. */
import type { Command, CommandEntry } from "./command.ts";
import { COMMANDS, GROUPS } from "./command-list.ts";
import type { Flag } from "./flag.ts";
import { GLOBAL_FLAGS } from "./settings.ts";

const WIDTH = 80;
/** What the help calls a value, in pflag's words. */
const VALUES: Readonly<Record<Flag["kind"], string>> = {
  bool: "",
  text: "string",
  list: "stringArray",
  words: "strings",
  int: "int",
  bytes: "bytes",
};

/** Help of the whole program. */
export function programHelp(): string {
  const plain = COMMANDS.filter((entry) => !(entry.names[0] ?? "").includes(" "));
  const groups = Object.entries(GROUPS);
  return [
    "Usage:  slipway [OPTIONS] COMMAND",
    "",
    "Build container images from Dockerfiles, without a daemon",
    "",
    "Commands:",
    ...listing(plain.map((entry) => [entry.names[0] ?? "", entry.summary])),
    "",
    "Management Commands:",
    ...listing(groups),
    "",
    "Global Options:",
    ...flagLines(GLOBAL_FLAGS),
    "",
    "Run 'slipway COMMAND --help' for more information on a command.",
    "",
  ].join("\n");
}

/** Help of a word that stands before other commands, such as `image`. */
export function groupHelp(group: string): string {
  const members = COMMANDS.flatMap((entry) => {
    const name = entry.names.find((candidate) => candidate.startsWith(`${group} `));
    return name ? [[name.slice(group.length + 1), entry.summary] as const] : [];
  });
  return [
    `Usage:  slipway ${group} COMMAND`,
    "",
    GROUPS[group] ?? "",
    "",
    "Commands:",
    ...listing([...members].sort(([a], [b]) => (a < b ? -1 : 1))),
    "",
    `Run 'slipway ${group} COMMAND --help' for more information on a command.`,
    "",
  ].join("\n");
}

/** Help of one command. `name` is the form the user chose. */
export function commandHelp(name: string, entry: CommandEntry, command: Command): string {
  const lines = [`Usage:  slipway ${name} ${command.usage}`.trimEnd(), "", entry.summary];
  if (entry.names.length > 1) lines.push("", "Aliases:", `  ${entry.names.map((alias) => `slipway ${alias}`).join(", ")}`);
  const flags = command.flags.filter((flag) => !flag.hidden);
  if (flags.length > 0) lines.push("", "Options:", ...flagLines(flags));
  return `${lines.join("\n")}\n`;
}

/** What is printed below the message of a wrong command line. */
export function usageHint(name: string, command: Command): string {
  return `\nUsage:  ${`slipway ${name} ${command.usage}`.trimEnd()}\n\nRun 'slipway ${name} --help' for more information\n`;
}

/** `--name string`, as the help lists it. */
export function flagHead(flag: Flag): string {
  const value = flag.value ?? (flag.bare === undefined ? VALUES[flag.kind] : "");
  return `${flag.short ? `-${flag.short}, ` : "    "}--${flag.name}${value === "" ? "" : ` ${value}`}`;
}

/** What the help says of a flag, with its default. */
export function flagText(flag: Flag): string {
  const value = flag.default;
  if (value === undefined || value === "" || value === "false") return flag.help;
  return `${flag.help} (default ${flag.kind === "text" ? JSON.stringify(value) : value})`;
}

function flagLines(flags: readonly Flag[]): string[] {
  const shown = flags.filter((flag) => !flag.hidden).sort((a, b) => (a.name < b.name ? -1 : 1));
  return columns(shown.map((flag) => [`  ${flagHead(flag)}`, flagText(flag)] as const));
}

function listing(rows: readonly (readonly [string, string])[]): string[] {
  return columns(rows.map(([name, text]) => [`  ${name}`, text] as const));
}

/** Two columns; the second is wrapped and stays in its column. */
function columns(rows: readonly (readonly [string, string])[]): string[] {
  const left = Math.max(...rows.map(([head]) => head.length)) + 3;
  return rows.flatMap(([head, text]) =>
    wrap(text, Math.max(24, WIDTH - left)).map((line, i) => `${(i === 0 ? head : "").padEnd(left)}${line}`),
  );
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
