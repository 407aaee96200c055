import type { Command } from "../../../dockerfile/index.ts";
import type { Edit, Rule } from "../../rule.ts";
import { instructionScript } from "../../shell/script.ts";

export const jsonFormMistake: Rule = {
  name: "JsonFormMistake",
  code: "SW010",
  description: "The exec form should be valid JSON",
  advice:
    'What begins with [ and is no JSON array of strings in double quotes is given to the shell as it stands, which looks for a program named "[".',
  fixable: true,
  whole(file, _around, tell) {
    for (const line of file.stages.flatMap(({ body }) => body)) {
      if (line.kind !== "CMD" && line.kind !== "ENTRYPOINT" && line.kind !== "RUN") continue;
      const text = meantAsJson(line.command);
      if (text === undefined) continue;
      const script = instructionScript(line, file.source, file.escape);
      const start = script.offset + script.text.indexOf("[");
      const end = script.offset + script.text.trimEnd().length;
      const right = mended(text);
      const edits: Edit[] | undefined = right === undefined ? undefined : [{ start, end, text: right }];
      tell(line, `this is not JSON, so the shell gets it as it stands${right ? `; write ${right}` : ""}`, { edits });
    }
  },
};

/** A list in brackets with any kind of quotes or none, and maybe a comment behind it. */
const LIST =
  /^\[\s*(?:"[^"]*"|'[^']*'|[\u201c\u201d\u201e\u2018\u2019][^\u201c\u201d\u201e\u2018\u2019]*[\u201c\u201d\u201e\u2018\u2019]|(?<=\[)[^\s,"'[\]]+)(?:\s*,\s*(?:"[^"]*"|'[^']*'|[\u201c\u201d\u201e\u2018\u2019][^\u201c\u201d\u201e\u2018\u2019]*[\u201c\u201d\u201e\u2018\u2019]|[^\s,"'[\]]+))*\s*,?\s*\](?:\s+#.*)?$/;

/** A shell's own `[ … ]` has blanks between its words and no commas. */
function meantAsJson(command: Command): string | undefined {
  if (command.form !== "shell" || command.heredocs.length > 0) return undefined;
  const text = command.line.trim();
  return LIST.test(text) ? text : undefined;
}

function mended(text: string): string | undefined {
  const straight = text.replace(/[\u201c\u201d\u201e]/g, '"').replace(/[\u2018\u2019]/g, "'");
  for (const tried of [straight, straight.includes('"') ? straight : straight.replaceAll("'", '"')]) {
    const parsed = stringsOf(tried.replace(/,\s*\]$/, "]"));
    if (parsed) return `[${parsed.map((item) => JSON.stringify(item)).join(", ")}]`;
  }
  return undefined;
}

function stringsOf(text: string): string[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((item) => typeof item === "string") ? value : undefined;
  } catch {
    return undefined;
  }
}
