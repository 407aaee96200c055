import type { Rule } from "../../rule.ts";
import { lineageOf } from "../../stage-image.ts";

export const copyNeedsWorkdir: Rule = {
  name: "DL3045",
  description: "COPY to a relative path needs a WORKDIR",
  advice: "Without WORKDIR a relative path starts where the base image says, which may change.",
  whole(file, around, tell) {
    for (const stage of file.stages) {
      const [, ...above] = lineageOf(stage, file, around);
      const onScratch = (above.at(-1) ?? stage).from.image.raw === "scratch";
      let known = onScratch || above.some(({ body }) => body.some(({ kind }) => kind === "WORKDIR"));
      for (const line of stage.body) {
        if (line.kind === "WORKDIR") known = true;
        if (line.kind !== "COPY" || known) continue;
        const dest = line.dest.raw.replace(/^["']/, "");
        if (!/^([/$\\]|[A-Za-z]:)/.test(dest)) tell(line, `${dest} depends on the base image's folder; set WORKDIR before`);
      }
    }
  },
};
