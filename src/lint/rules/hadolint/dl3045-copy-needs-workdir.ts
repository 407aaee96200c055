import type { Rule } from "../../rule.ts";
import { inherit } from "../../stage-image.ts";

export const copyNeedsWorkdir: Rule = {
  name: "DL3045",
  description: "COPY to a relative path needs a WORKDIR",
  advice: "Without WORKDIR a relative path starts where the base image says, which may change.",
  whole(file, around, tell) {
    inherit<boolean>(file, around, ({ from, body }, parent) => {
      // An empty file system has no folder but /.
      let known = parent ?? from.image.raw === "scratch";
      for (const line of body) {
        if (line.kind === "WORKDIR") known = true;
        if (line.kind !== "COPY" || known) continue;
        const dest = line.dest.raw.replace(/^["']/, "");
        if (!/^([/$\\]|[A-Za-z]:)/.test(dest)) tell(line, `${dest} depends on the base image's folder; set WORKDIR before`);
      }
      return known;
    });
  },
};
