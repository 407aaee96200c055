import { Findings, SlipwayError } from "../../../src/core/index.ts";
import { detectDirective, type RawNode, readNodes } from "../../../src/dockerfile/index.ts";

export function answer({ dockerfile }: { dockerfile: string }): unknown {
  try {
    const findings = new Findings();
    const nodes: RawNode[] = [];
    const { escape, warnings } = readNodes({ name: "Dockerfile", text: dockerfile }, findings, (node) => nodes.push(node));
    findings.throwAny();
    return {
      ...filled("directives", directivesOf(dockerfile)),
      escape,
      nodes: nodes.map((node) => printed(node, true)),
      ...filled("warnings", warnings.map(({ message, range }) => ({ line: range.start.line, message }))),
    };
  } catch (error) {
    if (error instanceof SlipwayError) return { error: { message: error.message } };
    throw error;
  }
}

function printed(node: RawNode, top: boolean): unknown {
  return {
    instruction: node.instruction.text,
    original: node.line.text,
    ...filled("flags", node.flags.map((flag) => latin1(flag.text))),
    args: node.args.map((arg) => arg.text),
    ...(node.json ? { json: true } : {}),
    ...(top ? { lines: node.lines } : {}),
    ...filled("comments", node.comments),
    ...filled("heredocs", node.heredocs.map(({ name, fd, expand, chomp, content }) => ({ name, fd, expand, chomp, content }))),
    ...(node.sub ? { sub: printed(node.sub, false) } : {}),
  };
}

function directivesOf(text: string): unknown[] {
  return ["syntax", "escape", "check"].flatMap((name) => {
    const found = detectDirective(text, name);
    if (!found) return [];
    const word = name === "syntax" && found.ref !== found.full ? { firstWord: found.ref } : {};
    return [{ name, value: found.full, ...word, line: found.line }];
  });
}

/** BuildKit reads flags byte by byte, so that letters beyond ASCII come out as Latin-1; slipway reads letters. */
function latin1(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

function filled(key: string, list: readonly unknown[]): object {
  return list.length > 0 ? { [key]: list } : {};
}
