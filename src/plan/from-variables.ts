/**
 * `COPY --from=$NAME`, which BuildKit refuses: an extension that a Dockerfile asks for
 * with the line `# slipway=from-variables` below its other directives. The variables
 * are those that a FROM line sees, since both must be known before any stage is begun.
 */
import { type Dockerfile, expandWord, type Instruction } from "../dockerfile/index.ts";
import { badUse, unknownExtension } from "./errors.ts";
import { placed } from "./globals.ts";

const EXTENSIONS: readonly string[] = ["from-variables"];

/** The file with the variables put in, if it asks for it. Throws PLAN_EXTENSION_UNKNOWN, PLAN_INVALID. */
export function withFromVariables(dockerfile: Dockerfile, globals: ReadonlyMap<string, string>): Dockerfile {
  const { source, escape } = dockerfile;
  const directive = dockerfile.directives.find(({ name }) => name === "slipway");
  if (!directive) return dockerfile;
  for (const name of directive.value.split(/[\s,]+/))
    if (!EXTENSIONS.includes(name)) throw unknownExtension({ source, range: directive.range }, name, EXTENSIONS);
  const expanded = (instruction: Instruction): Instruction => {
    if (instruction.kind !== "COPY" || !instruction.from?.raw.includes("$")) return instruction;
    const { from } = instruction;
    const raw = placed(() => expandWord(from.raw, { get: (name) => globals.get(name) }, { escape }).text, source, from);
    if (raw === "")
      throw badUse(
        { source, range: from.range },
        `${from.raw} is empty`,
        "an ARG before the first FROM, or --build-arg, gives it a value",
      );
    return { ...instruction, from: { ...from, raw } };
  };
  return { ...dockerfile, stages: dockerfile.stages.map((stage) => ({ ...stage, body: stage.body.map(expanded) })) };
}
