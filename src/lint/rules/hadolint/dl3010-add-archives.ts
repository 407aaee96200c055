import { posix } from "node:path";
import { contextCopies } from "../../copied-files.ts";
import type { Rule } from "../../rule.ts";
import { runsOf } from "../../shell/runs.ts";

export const addArchives: Rule = {
  name: "DL3010",
  description: "ADD should be used for archives that are to be unpacked",
  advice: "ADD unpacks a local archive by itself, so that the archive does not take its place in the image as well.",
  severity: "info",
  whole(file, _around, tell) {
    for (const { stage, commands } of runsOf(file)) {
      for (const command of commands.filter(({ name }) => name === "tar" || name === "unzip")) {
        for (const line of contextCopies(stage)) {
          if (line.kind !== "COPY") continue;
          const archive = line.sources.map(({ raw }) => posix.basename(raw)).find((name) => ARCHIVE.test(name));
          if (archive && command.name === "tar" && command.words.some(({ text }) => posix.basename(text) === archive))
            tell(line, `${archive} is copied and then unpacked; ADD does both`);
        }
      }
    }
  },
};

const ARCHIVE = /\.(tar|tar\.(gz|bz2|xz|zst)|tgz|tbz2?|txz)$/;
