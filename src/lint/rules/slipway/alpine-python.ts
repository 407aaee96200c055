import type { Rule } from "../../rule.ts";
import { runsByStage } from "../../shell/runs.ts";
import { rootImageOf } from "../../stage-image.ts";

export const alpinePython: Rule = {
  name: "AlpinePython",
  code: "SW005",
  description: "Python packages are better installed on an image with glibc",
  advice:
    "Alpine has musl instead of glibc: packages with native code are often compiled from source, which is slow, and arithmetic may differ; the slim images have neither trouble.",
  severity: "info",
  whole(file, around, tell) {
    const runs = runsByStage(file);
    for (const stage of file.stages) {
      const install = runs
        .get(stage)
        ?.find(({ calls }) => calls.some(({ manager, action }) => manager === "pip" && action === "install"));
      const image = install && rootImageOf(stage, file, around);
      if (!image || !(/(^|\/)alpine$/.test(image.repository) || /alpine/.test(image.tag ?? ""))) continue;
      tell(install.run, `pip on ${image.full} may compile packages from source; a slim image has ready ones`);
    }
  },
};
