/** A Dockerfile's text to its instructions. */
import { Findings, type SourceText } from "../core/index.ts";
import type { Arg, Dockerfile, Instruction, Stage } from "./ast.ts";
import { noStage } from "./errors.ts";
import { rangeOfNode, readInstruction } from "./instructions.ts";
import { readNode, readNodes } from "./nodes.ts";

/**
 * Reads a Dockerfile. Nothing is expanded. All errors, up to a hundred, are found before
 * the first is thrown; the rest are its `others`. That FROM is missing is told only where
 * nothing else is wrong above: it may be what was misspelt. Throws DOCKERFILE_*.
 */
export function parseDockerfile(source: SourceText): Dockerfile {
  const findings = new Findings();
  const globals: Arg[] = [];
  const stages: { from: Stage["from"]; name: string; body: Instruction[] }[] = [];
  const raw = readNodes(source, findings, (node) => {
    const instruction = findings.attempt(() => readInstruction(node, source));
    if (!instruction) return;
    const stage = stages.at(-1);
    if (instruction.kind === "FROM") stages.push({ from: instruction, name: instruction.as?.raw.toLowerCase() ?? "", body: [] });
    else if (stage) stage.body.push(instruction);
    else if (instruction.kind === "ARG") globals.push(instruction);
    else if (findings.none) findings.add(noStage(source, instruction.range));
  });
  findings.throwAny();
  return { source, directives: raw.directives, escape: raw.escape, globals, stages, warnings: raw.warnings };
}

/** Reads one instruction that stands alone: a trigger of ONBUILD, a line of `--change`. Throws DOCKERFILE_*. */
export function parseInstruction(text: string, escape: string, source: SourceText): Instruction {
  const node = readNode(text, escape, source);
  const instruction = readInstruction(node, source);
  if (instruction.kind === "FROM") throw noStage(source, rangeOfNode(node));
  return instruction;
}
