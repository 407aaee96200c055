/** Which stages take files from which, checked before any of them is planned. */
import type { Findings, SourceText } from "../core/index.ts";
import { type Dockerfile, fieldsOf, type Instruction, partOf, type Stage, type Word } from "../dockerfile/index.ts";
import { badStageIndex, circular, fromVariable } from "./errors.ts";
import { firstStage, stageBefore } from "./stage-names.ts";

/** A `--from` or `from=`. */
interface Use {
  readonly word: Word;
  /** Number of the stage it names. */
  readonly stage: number;
}

/** For each stage the numbers of those it takes files from. Finds PLAN_FROM_VARIABLE, PLAN_STAGE_INDEX, PLAN_CIRCULAR. */
export function readDependencies({ stages, source }: Dockerfile, findings: Findings): readonly (readonly number[])[] {
  const uses = stages.map((stage, index) =>
    stage.body.flatMap(
      (instruction) =>
        findings.attempt(() => namesOf(instruction, source).flatMap((word) => useOf(word, stages, index, source))) ?? [],
    ),
  );
  for (const [index, some] of uses.entries()) {
    // A circle has a use of a later stage, or of the stage itself.
    if (findings.full) break;
    if (!some.some((use) => use.stage >= index)) continue;
    const back = circleOf(index, uses);
    if (back) findings.add(circular({ source, range: back.range }, stages[index]?.name || String(index)));
  }
  return uses.map((some) => some.map((use) => use.stage));
}

/** Names of stages are known in any case here, numbers count from 0; anything else is an image or a context. */
export function stageNumber(stages: readonly Stage[], name: string, at: number): number | undefined {
  const wanted = name.toLowerCase();
  const index = stageBefore(stages, wanted, at + 1) ?? firstStage(stages, wanted);
  if (index !== undefined) return index;
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

const FROM = "from=";

/** The `from=` of a mount. */
export function fromOfMount(mount: Word): Word[] {
  const names = fieldsOf(mount).filter(({ raw }) => raw.startsWith(FROM));
  return names.map((field) => ({ raw: field.raw.slice(FROM.length), range: partOf(field, FROM.length, field.raw.length) }));
}

/** Follows what a stage takes from others until it comes back to the stage: the word that led there. */
function circleOf(start: number, uses: readonly Use[][]): Word | undefined {
  const seen = new Set<number>();
  const open = (uses[start] ?? []).map((use) => ({ first: use, stage: use.stage }));
  for (let at = open.pop(); at; at = open.pop()) {
    const { first, stage } = at;
    if (stage === start) return first.word;
    if (seen.has(stage)) continue;
    seen.add(stage);
    for (const use of uses[stage] ?? []) open.push({ first, stage: use.stage });
  }
  return undefined;
}
