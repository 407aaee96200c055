import { posix } from "node:path";
import { contextCopies, contextPath } from "../../copied-files.ts";
import type { ContextView, Rule } from "../../rule.ts";

export const noDockerignore: Rule = {
  name: "NoDockerignore",
  code: "SW008",
  description: "A context that is copied as a whole should have a .dockerignore",
  advice:
    "Without .dockerignore the history of the repository, caches and installed packages go into the image, and each of their changes breaks the cache.",
  severity: "info",
  fixable: true,
  whole({ stages }, { context }, tell) {
    if (!context || context.ignore) return;
    const line = stages.flatMap(contextCopies).find(({ sources }) => sources.some(({ raw }) => contextPath(raw) === ""));
    const unneeded = line ? unneededIn(context) : [];
    if (!line || unneeded.length === 0) return;
    const text = unneeded.map((name) => (name === ".git" ? ".git\n" : `**/${name}\n`)).join("");
    const creates = { name: ".dockerignore", text };
    tell(line, `there is no .dockerignore: ${unneeded.join(", ")} get into the image`, { creates });
  },
};

const UNNEEDED = [".git", "node_modules", "__pycache__", ".venv", "venv", ".mypy_cache", ".pytest_cache", ".DS_Store", ".idea"];

function unneededIn({ entries }: ContextView): string[] {
  const names = new Set([...entries.keys()].map((path) => posix.basename(path)));
  const compiled = [...names].some((name) => name.endsWith(".pyc")) && !names.has("__pycache__");
  return [...UNNEEDED.filter((name) => names.has(name)), ...(compiled ? ["*.pyc"] : [])];
}
