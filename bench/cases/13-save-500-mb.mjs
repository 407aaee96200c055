import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { largeFiles } from "../inputs.mjs";
import { must } from "../timed.mjs";

export default {
  title: "save of a 500 MB image",
  goal: 0.6,
  prepare({ folder, base, tools }) {
    writeFileSync(join(folder, "Dockerfile"), `FROM ${base}\nCOPY data /data\n`);
    largeFiles(join(folder, "data"), 50, 500_000_000);
    for (const tool of tools) must(tool.build(folder, "bench/save"));
  },
  command: (tool, { work }) => tool.save("bench/save", join(work, `saved-${tool.name}.tar`)),
};
