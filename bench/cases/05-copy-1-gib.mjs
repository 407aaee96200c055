import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { largeFiles } from "../inputs.mjs";

export default {
  title: "COPY of 1 GiB in 20 files, cold",
  goal: 0.5,
  flags: ["--no-cache"],
  prepare({ folder, base }) {
    writeFileSync(join(folder, "Dockerfile"), `FROM ${base}\nCOPY data /data\n`);
    largeFiles(join(folder, "data"), 20, 2 ** 30);
  },
};
