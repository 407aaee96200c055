import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { smallFiles } from "../inputs.mjs";

export default {
  title: "the same with a context of 50,000 small files",
  goal: 0.2,
  prepare({ folder, base }) {
    const runs = [1, 2, 3, 4, 5].map((n) => `RUN echo ${n} > /${n}`).join("\n");
    writeFileSync(join(folder, "Dockerfile"), `FROM ${base}\nWORKDIR /app\nCOPY src src\n${runs}\nCOPY Dockerfile /g\n`);
    smallFiles(join(folder, "src"), 500, 100);
  },
};
