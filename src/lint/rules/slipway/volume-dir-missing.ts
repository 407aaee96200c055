import type { Stage } from "../../../dockerfile/index.ts";
import type { Edit, Rule } from "../../rule.ts";
import { offsetOf } from "../../shell/script.ts";
import { lineageOf } from "../../stage-image.ts";

export const volumeDirMissing: Rule = {
  name: "VolumeDirMissing",
  code: "SW027",
  description: "The folder of a volume should be made before a RUN uses it",
  advice: "VOLUME is only written down in the image: it makes no folder, so a RUN that expects one fails.",
  fixable: true,
  whole(file, around, tell) {
    for (const stage of file.stages) {
      const onScratch = lineageOf(stage, file, around).length === 1;
      for (const [index, line] of stage.body.entries()) {
        if (line.kind !== "VOLUME" || !onScratch) continue;
        for (const { raw } of line.volumes) {
          const path = raw.replace(/\/+$/, "");
          if (!path.startsWith("/") || path.includes("$") || COMMON.test(path) || isMade(path, stage, index)) continue;
          if (!stage.body.slice(index + 1).some((next) => next.kind === "RUN" && uses(next.text, path))) continue;
          const start = offsetOf(file.source, line.range.start);
          const edits: Edit[] = [{ start, end: start, text: `${cased("RUN", line.keyword)} mkdir -p ${path}\n` }];
          tell(line, `VOLUME does not make ${path}, which a RUN below uses; make it before`, { edits });
        }
      }
    }
  },
};

/** Folders that images have. */
const COMMON = /^\/(tmp|var\/\w+|etc|home|root|srv|opt|run|usr\/\w+|mnt|media)?$/;

/** Whether a line above names the folder, or one in it. */
function isMade(path: string, { body }: Stage, index: number): boolean {
  return body.slice(0, index).some(({ kind, text }) => ["RUN", "COPY", "ADD", "WORKDIR"].includes(kind) && uses(text, path));
}

function uses(text: string, path: string): boolean {
  const at = text.indexOf(path);
  return at >= 0 && !/[\w.-]/.test(text[at + path.length] ?? "");
}

function cased(word: string, like: string): string {
  return like === like.toLowerCase() ? word.toLowerCase() : word;
}
