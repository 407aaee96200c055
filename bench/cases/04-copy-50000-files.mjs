import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { smallFiles } from "../inputs.mjs";

export default {
  title: "COPY of 50,000 small files, cold",
  goal: 0.25,
  flags: ["--no-cache"],
  prepare({ folder, base }) {
    writeFileSync(join(folder, "Dockerfile"), `FROM ${base}\nCOPY src /src\n`);
    smallFiles(join(folder, "src"), 500, 100);
  },
};
