import { posix } from "node:path";
import type { Add, Copy, Instruction } from "../../../dockerfile/index.ts";
import { contextPath } from "../../copied-files.ts";
import type { Rule, Surroundings } from "../../rule.ts";
import type { PackageCall } from "../../shell/package-call.ts";
import { mountCovers, runsOf } from "../../shell/runs.ts";

export const dependenciesAfterSource: Rule = {
  name: "DependenciesAfterSource",
  code: "SW002",
  description: "The list of dependencies should be copied and installed before the rest of the source",
  advice:
    "After a COPY of the whole source each change of any file installs all dependencies again; a COPY of their list alone, before it, keeps the install cached.",
  whole(file, around, tell) {
    const runs = new Map(runsOf(file).map((one) => [one.run as Instruction, one]));
    for (const { body } of file.stages) {
      let wide: Copy | Add | undefined;
      const alone = new Set<string>();
      for (const line of body) {
        if (line.kind === "ADD" || (line.kind === "COPY" && !line.from)) {
          for (const { raw } of line.sources) alone.add(stemOf(raw));
          if (line.sources.some(({ raw }) => isWide(raw, around))) wide ??= line;
        }
        const one = runs.get(line);
        const manifest = wide && one?.calls.map(manifestOf).find((name) => name !== undefined);
        if (!wide || !one || manifest === undefined || alone.has(stemOf(manifest)) || mountCovers(one.run, "/")) continue;
        tell(wide, `any change of the source installs the dependencies again; copy ${manifest} and install before this line`);
        break;
      }
    }
  },
};

/** `package` of `package*.json` and of `package-lock.json`. */
function stemOf(path: string): string {
  return /^\w*/.exec(posix.basename(path))?.[0] ?? "";
}

/** The file that an install reads; undefined where it names its packages itself. */
function manifestOf({ manager, action, options, operands }: PackageCall): string | undefined {
  if (manager === "pip") {
    const at = options.findIndex(({ text }) => text === "-r" || text === "--requirement");
    const list = at < 0 ? undefined : options[at + 1]?.text;
    return action === "install" && list !== undefined ? posix.basename(list) : undefined;
  }
  const known = MANIFESTS[manager];
  return known?.actions.includes(action) && (operands.length === 0 || manager === "go") ? known.file : undefined;
}

const MANIFESTS: Readonly<Record<string, { readonly file: string; readonly actions: readonly string[] }>> = {
  npm: { file: "package.json", actions: ["install", "i", "ci"] },
  yarn: { file: "package.json", actions: ["install"] },
  pnpm: { file: "package.json", actions: ["install", "i"] },
  bundle: { file: "Gemfile", actions: ["install"] },
  composer: { file: "composer.json", actions: ["install"] },
  poetry: { file: "pyproject.toml", actions: ["install"] },
  pipenv: { file: "Pipfile", actions: ["install", "sync"] },
  uv: { file: "pyproject.toml", actions: ["sync"] },
  go: { file: "go.mod", actions: ["mod"] },
};

/** The whole context, or a folder of it. */
function isWide(source: string, { context }: Surroundings): boolean {
  const path = contextPath(source);
  return path === "" || context?.entries.get(path)?.folder === true;
}
