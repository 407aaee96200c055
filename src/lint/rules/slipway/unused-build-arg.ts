import { suggest } from "../../../core/index.ts";
import type { Rule } from "../../rule.ts";

export const unusedBuildArg: Rule = {
  name: "UnusedBuildArg",
  code: "SW024",
  description: "A build argument that is given should be declared by an ARG",
  advice: "A --build-arg that no ARG declares changes nothing; most often its name is misspelled.",
  whole({ globals, stages }, { buildArgs }, tell) {
    const first = stages[0];
    if (!first || buildArgs.size === 0) return;
    const lines = [...globals, ...stages.flatMap(({ body }) => body.flatMap((line) => (line.kind === "ARG" ? [line] : [])))];
    const declared = new Set(lines.flatMap(({ args }) => args.map(({ key }) => key)));
    for (const name of buildArgs.keys()) {
      if (declared.has(name) || PREDEFINED.test(name)) continue;
      const near = suggest(name, [...declared]);
      tell(first.from, `no ARG declares the build argument ${name}${near ? ` (did you mean ${near}?)` : ""}`);
    }
  },
};

const PREDEFINED =
  /^((HTTPS?|FTP|NO|ALL)_PROXY|(https?|ftp|no|all)_proxy|BUILDKIT_\w+|SOURCE_DATE_EPOCH|(TARGET|BUILD)(PLATFORM|OS|ARCH|VARIANT))$/;
