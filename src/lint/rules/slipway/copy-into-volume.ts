import { posix } from "node:path";
import type { Rule } from "../../rule.ts";
import { lineageOf } from "../../stage-image.ts";

export const copyIntoVolume: Rule = {
  name: "CopyIntoVolume",
  code: "SW006",
  description: "Files should be copied to a folder before it becomes a volume, and seldom at all",
  advice:
    "A container has another folder in a volume's place: files of the image are hidden when a folder of the host is bound there.",
  whole(file, around, tell) {
    for (const stage of file.stages) {
      const volumes = new Set<string>();
      for (const line of lineageOf(stage, file, around)
        .toReversed()
        .flatMap(({ body }) => body)) {
        if (line.kind === "VOLUME") for (const { raw } of line.volumes) volumes.add(raw.replace(/\/+$/, ""));
        if ((line.kind !== "COPY" && line.kind !== "ADD") || !stage.body.includes(line)) continue;
        const dest = posix.normalize(line.dest.raw).replace(/\/+$/, "");
        const volume = [...volumes].find((one) => dest === one || dest.startsWith(`${one}/`));
        if (volume) tell(line, `${volume} is a volume: these files are hidden when a folder of the host is bound there`);
      }
    }
  },
};
