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
      // A parent may have made the folder.
      if (!stage.body.some(({ kind }) => kind === "VOLUME") || lineageOf(stage, file, around).length > 1) continue;
      const mentions = mentionsOf(stage);
      for (const [index, line] of stage.body.entries()) {
        if (line.kind !== "VOLUME") continue;
        for (const { raw } of line.volumes) {
          const path = raw.replace(/\/+$/, "");
          const mention = mentions.get(path);
          if (!mention || COMMON.test(path) || mention.first < index || mention.lastRun < index) continue;
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
/** Folders nested deeper than this are not told of. */
const MOST_LEVELS = 20;

interface Mention {
  /** Numbers of lines. */
  readonly first: number;
  lastRun: number;
}

/** Which lines name a folder or something in it. */
function mentionsOf({ body }: Stage): ReadonlyMap<string, Mention> {
  const found = new Map<string, Mention>();
  for (const [index, { kind, text }] of body.entries()) {
    if (!["RUN", "COPY", "ADD", "WORKDIR"].includes(kind)) continue;
    for (const [path] of text.matchAll(/\/[\w./-]+/g)) {
      let end = path.indexOf("/", 1);
      for (let level = 0; level < MOST_LEVELS; level++) {
        const folder = end < 0 ? path : path.slice(0, end);
        const mention = found.get(folder) ?? { first: index, lastRun: -1 };
        if (kind === "RUN") mention.lastRun = index;
        found.set(folder, mention);
        if (end < 0) break;
        end = path.indexOf("/", end + 1);
      }
    }
  }
  return found;
}

function cased(word: string, like: string): string {
  return like === like.toLowerCase() ? word.toLowerCase() : word;
}
