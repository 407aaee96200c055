import { endOfLife } from "../../end-of-life.ts";
import type { Rule } from "../../rule.ts";
import { imageOf } from "../../stage-image.ts";

export const baseTooOld: Rule = {
  name: "BaseTooOld",
  code: "SW022",
  description: "The base should be a version that still gets security updates",
  advice:
    "A distribution or language past its end of life gets no fixes, and its packages move to archives where apt-get no longer finds them.",
  severity: "info",
  whole(file, around, tell) {
    const { today } = around;
    if (today === undefined) return;
    for (const stage of file.stages) {
      const image = imageOf(stage, file, around);
      for (const { what, ended } of image ? endOfLife(image.repository, image.tag ?? "") : [])
        if (ended < today) tell(stage.from, `${what} has had no updates since ${ended}; take a newer version`);
    }
  },
};
