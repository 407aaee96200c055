/** Calls of package managers, which many rules are about. */
import type { ShellCommand, ShellWord } from "./command.ts";

/** `apt-get install -y curl`. */
export interface PackageCall {
  readonly command: ShellCommand;
  /** `apt-get`, `pip`, …: one name for each of its spellings. */
  readonly manager: string;
  /** `install`, `update`. */
  readonly action: string;
  readonly actionWord: ShellWord;
  readonly options: readonly ShellWord[];
  /** What is installed. */
  readonly operands: readonly ShellWord[];
}

const MANAGERS: Readonly<Record<string, string>> = {
  "apt-get": "apt-get",
  apt: "apt",
  aptitude: "aptitude",
  apk: "apk",
  yum: "yum",
  dnf: "dnf",
  microdnf: "dnf",
  zypper: "zypper",
  pip: "pip",
  pip2: "pip",
  pip3: "pip",
  npm: "npm",
  yarn: "yarn",
  pnpm: "pnpm",
  gem: "gem",
  bundle: "bundle",
  go: "go",
  cargo: "cargo",
  composer: "composer",
  mvn: "mvn",
  poetry: "poetry",
  uv: "uv",
  pipenv: "pipenv",
};
/** Options that take the next word. */
const WITH_VALUE: Readonly<Record<string, readonly string[]>> = {
  "apt-get": ["-o", "-t", "-c", "--option", "--target-release", "--config-file"],
  apt: ["-o", "-t", "-c", "--option", "--target-release", "--config-file"],
  apk: ["-t", "--virtual", "-X", "--repository", "-p", "--root"],
  pip: [
    "-r",
    "--requirement",
    "-c",
    "--constraint",
    "-i",
    "--index-url",
    "--extra-index-url",
    "-f",
    "--find-links",
    "-t",
    "--target",
  ],
  npm: ["--prefix", "--registry", "-C"],
};

/** Undefined if the command is none. `python -m pip` and `sudo apt-get` are calls too. */
export function packageCall(command: ShellCommand): PackageCall | undefined {
  let words = command.words;
  if (words[0]?.text === "sudo") words = words.slice(1);
  if (/^python[\d.]*$/.test(nameOf(words[0])) && words[1]?.text === "-m") words = words.slice(2);
  const manager = MANAGERS[nameOf(words[0]).replace(/^(pip3?)\.\d+$/, "$1")];
  if (manager === undefined) return undefined;
  const options: ShellWord[] = [];
  const others: ShellWord[] = [];
  for (let i = 1; i < words.length; i++) {
    const word = words[i] as ShellWord;
    if (!word.text.startsWith("-") || word.text === "-") {
      others.push(word);
      continue;
    }
    options.push(word);
    const value = words[i + 1];
    if (!WITH_VALUE[manager]?.includes(word.text) || !value) continue;
    options.push(value);
    i++;
  }
  const [actionWord, ...operands] = others;
  return actionWord && { command, manager, action: actionWord.text, actionWord, options, operands };
}

/** Whether an option is there: `-y`, also within `-qy`, or a long form with or without a value. */
export function hasOption(call: PackageCall, ...names: readonly string[]): boolean {
  return call.options.some(({ text }) =>
    names.some((name) => {
      if (name.length === 2) return /^-[A-Za-z]+$/.test(text) && text.includes(name[1] as string);
      return text === name || text.startsWith(`${name}=`);
    }),
  );
}

function nameOf(word: ShellWord | undefined): string {
  return word?.text.replace(/^.*\//, "") ?? "";
}
