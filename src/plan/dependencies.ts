/** Which stages take files from which, checked before any of them is planned. */
import type { SourceText } from "../core/index.ts";
import { csvFields, type Dockerfile, type Instruction, type Stage, type Word } from "../dockerfile/index.ts";
import { badStageIndex, circular, fromVariable, stageLater } from "./errors.ts";

/** A `--from` or `from=`. */
interface Use {
  readonly word: Word;
  /** Number of the stage it names. */
  readonly stage: number;
}

/** For each stage the numbers of those it takes files from. Throws PLAN_FROM_VARIABLE, PLAN_STAGE_INDEX, PLAN_CIRCULAR, PLAN_STAGE_LATER. */
export function readDependencies({ stages, source }: Dockerfile): readonly (readonly number[])[] {
  const uses = stages.map((stage, index) =>
    stage.body.flatMap((instruction) => namesOf(instruction, source).flatMap((word) => useOf(word, stages, index, source))),
  );
  stages.forEach((_, index) => {
    checkCircle(index, stages, uses, source);
  });
  for (const [index, some] of uses.entries()) {
    const later = some.find((use) => use.stage > index);
    if (!later) continue;
    const name = stages[index]?.name || String(index);
    throw stageLater({ source, range: later.word.range }, later.word.raw, name);
  }
  return uses.map((some) => some.map((use) => use.stage));
}

/** Names of stages are known in any case here, numbers count from 0; anything else is an image or a context. */
export function stageNumber(stages: readonly Stage[], name: string, at: number): number | undefined {
  const wanted = name.toLowerCase();
  const same = (stage: Stage): boolean => stage.name !== "" && stage.name === wanted;
  const above = stages.findLastIndex((stage, i) => i <= at && same(stage));
  const index = above >= 0 ? above : stages.findIndex(same);
  if (index >= 0) return index;
  return /^\d+$/.test(name) ? Number(name) : undefined;
}

function useOf(word: Word, stages: readonly Stage[], at: number, source: SourceText): Use[] {
  const stage = stageNumber(stages, word.raw, at);
  if (stage === undefined) return [];
  if (stage >= stages.length) throw badStageIndex({ source, range: word.range }, word.raw);
  return [{ word, stage }];
}

function namesOf(instruction: Instruction, source: SourceText): Word[] {
  if (instruction.kind === "RUN") return instruction.mounts.flatMap(fromOfMount);
  if (instruction.kind !== "COPY" || !instruction.from) return [];
  if (instruction.from.raw.includes("$")) throw fromVariable({ source, range: instruction.from.range });
  return [instruction.from];
}

function fromOfMount({ raw, range }: Word): Word[] {
  const names = (csvFields(raw) ?? []).filter((field) => field.startsWith("from="));
  return names.map((field) => ({ raw: field.slice("from=".length), range }));
}

/** Follows what a stage takes from others until it comes back to the stage. */
function checkCircle(start: number, stages: readonly Stage[], uses: readonly Use[][], source: SourceText): void {
  const seen = new Set<number>();
  const open = (uses[start] ?? []).map((use) => ({ first: use, stage: use.stage }));
  for (let at = open.pop(); at; at = open.pop()) {
    const { first, stage } = at;
    if (stage === start) throw circular({ source, range: first.word.range }, stages[start]?.name || String(start));
    if (seen.has(stage)) continue;
    seen.add(stage);
    for (const use of uses[stage] ?? []) open.push({ first, stage: use.stage });
  }
}
