import { posix } from "node:path";
import type { Rule } from "../../rule.ts";
import { inherit } from "../../stage-image.ts";

export const copyIntoVolume: Rule = {
  name: "CopyIntoVolume",
  code: "SW006",
  description: "Files should be copied to a folder before it becomes a volume, and seldom at all",
  advice:
    "A container has another folder in a volume's place: files of the image are hidden when a folder of the host is bound there.",
  whole(file, around, tell) {
    inherit<ReadonlySet<string>>(file, around, ({ body }, parent) => {
      const volumes = new Set(parent);
      for (const line of body) {
        if (line.kind === "VOLUME") for (const { raw } of line.volumes) volumes.add(raw.replace(/\/+$/, ""));
        if ((line.kind !== "COPY" && line.kind !== "ADD") || volumes.size === 0) continue;
        const volume = foldersOf(posix.normalize(line.dest.raw).replace(/\/+$/, "")).find((one) => volumes.has(one));
        if (volume) tell(line, `${volume} is a volume: these files are hidden when a folder of the host is bound there`);
      }
      return volumes;
    });
  },
};

/** A path with more levels than this is looked at no higher. */
const MOST_LEVELS = 50;

/** The path and the folders it is in. */
function foldersOf(path: string): string[] {
  const found: string[] = [];
  for (let at = path; at.length > 1 && found.length < MOST_LEVELS; at = posix.dirname(at)) found.push(at);
  return found;
}
