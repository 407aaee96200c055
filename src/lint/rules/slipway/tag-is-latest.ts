import type { Rule } from "../../rule.ts";
import { imageOf } from "../../stage-image.ts";

export const tagIsLatest: Rule = {
  name: "TagIsLatest",
  code: "SW004",
  aliases: ["DL3006", "DL3007"],
  description: "FROM should name a version of its image",
  advice:
    "latest is only the tag that is taken when none is named, not the newest image, and what it stands for changes from day to day.",
  whole(file, around, tell) {
    for (const stage of file.stages) {
      const image = imageOf(stage, file, around);
      if (!image || image.digest !== undefined) continue;
      if (image.tag === undefined) tell(stage.from, `${image.full} has no tag, which means :latest; name a version`);
      else if (image.tag === "latest") tell(stage.from, `latest is only the default tag of ${image.repository}; name a version`);
    }
  },
};
