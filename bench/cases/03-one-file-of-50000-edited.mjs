import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { smallFiles } from "../inputs.mjs";

export default {
  title: "one file edited among 50,000, COPY and one RUN rebuilt",
  goal: 0.15,
  prepare({ folder, base }) {
    writeFileSync(join(folder, "Dockerfile"), `FROM ${base}\nCOPY src /src\nRUN ls /src | wc -l > /count\n`);
    smallFiles(join(folder, "src"), 500, 100);
  },
  before({ folder, run }) {
    writeFileSync(join(folder, "src/250/50.txt"), `edit ${run}\n`);
  },
};
