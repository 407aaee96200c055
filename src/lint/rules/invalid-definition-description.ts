import type { Arg } from "../../dockerfile/index.ts";
import type { Rule, Subject, Tell } from "../rule.ts";

export const invalidDefinitionDescription: Rule = {
  name: "InvalidDefinitionDescription",
  description:
    "Comment for build stage or argument should follow the format: `# <arg/stage name> <description>`. If this is not intended to be a description comment, add an empty line or comment between the instruction and the comment.",
  advice: "A comment right above ARG or FROM is shown as its description if it begins with the name.",
  experimental: true,
  written({ globals, stages }, tell) {
    for (const arg of globals) look(arg, "ARG", arg.args.map(keyOf), tell);
    for (const { from, body } of stages) {
      look(from, "FROM", from.as ? [from.as.raw] : [], tell);
      for (const line of body) if (line.kind === "ARG") look(line, "ARG", line.args.map(keyOf), tell);
    }
  },
};

function look(subject: Subject, keyword: string, names: readonly string[], tell: Tell): void {
  const comment = subject.comments.findLast((one) => one !== "");
  const [name] = names;
  if (comment === undefined || name === undefined || names.includes(comment.split(" ")[0] ?? "")) return;
  const example = names.length > 1 ? "<arg_key>" : name;
  tell(subject, `Comment for ${keyword} should follow the format: \`# ${example} <description>\``);
}

function keyOf({ key }: Arg["args"][number]): string {
  return key;
}
