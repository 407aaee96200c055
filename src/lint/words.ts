/** The words of an instruction that are expanded before it is planned, and whose variables ought to be set. */
import { csvFields, expandWord, type Instruction } from "../dockerfile/index.ts";
import type { LineState } from "../plan/index.ts";

/** Text with variables; in the body of a heredoc quotes are letters. */
interface Text {
  readonly raw: string;
  readonly body?: true;
}

/** Variables that are used and neither set nor declared, once for each word that uses them. */
export function undefinedVariables(line: Instruction, state: LineState): string[] {
  return textsOf(line).flatMap(({ raw, body }) => {
    if (!raw.includes("$")) return [];
    const options = { escape: state.escape, ...(body ? { skipQuotes: true } : {}) };
    const { unmatched } = expanded(raw, state, options);
    return [...unmatched].filter((name) => !state.declared.has(name)).sort();
  });
}

/** What cannot be expanded is an error that the plan tells. */
function expanded(raw: string, state: LineState, options: Parameters<typeof expandWord>[2]): { unmatched: ReadonlySet<string> } {
  try {
    return expandWord(raw, state.scope, options);
  } catch {
    return { unmatched: new Set() };
  }
}

function textsOf(line: Instruction): readonly Text[] {
  switch (line.kind) {
    case "COPY":
    case "ADD": {
      const flags = [line.chown, line.chmod, line.kind === "ADD" ? line.checksum : undefined].flatMap((word) => word ?? []);
      const bodies = line.heredocs.filter((heredoc) => heredoc.expand);
      const texts = bodies.map(({ content }): Text => ({ raw: content, body: true }));
      return [...line.sources, line.dest, ...flags, ...line.exclude, ...texts];
    }
    case "RUN":
      return line.mounts.flatMap(({ raw }) => (csvFields(raw) ?? []).filter((field) => !field.startsWith("from=")).map(rawText));
    case "ENV":
    case "LABEL":
      return line.pairs.flatMap(({ key, value }) => [key, value]);
    case "ARG":
      return line.args.flatMap(({ key, value }) => [{ raw: key }, ...(value ? [value] : [])]);
    case "WORKDIR":
      return [line.path];
    case "USER":
      return [line.user];
    case "VOLUME":
      return line.volumes;
    case "STOPSIGNAL":
      return [line.signal];
    default:
      return [];
  }
}

function rawText(raw: string): Text {
  return { raw };
}
