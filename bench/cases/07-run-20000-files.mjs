import { writeFileSync } from "node:fs";
import { join } from "node:path";

const WRITE =
  "i=0; while [ $i -lt 200 ]; do mkdir -p /w/$i; j=0; while [ $j -lt 100 ]; do echo $i $j > /w/$i/$j; j=$((j+1)); done; i=$((i+1)); done";
const DELETE = "i=0; while [ $i -lt 200 ]; do rm -rf /w/$i; i=$((i+2)); done";

export default {
  title: "a RUN that writes 20,000 files in 200 folders, one that deletes half",
  goal: 0.3,
  flags: ["--no-cache"],
  prepare({ folder, base }) {
    writeFileSync(join(folder, "Dockerfile"), `FROM ${base}\nRUN ${WRITE}\nRUN ${DELETE}\n`);
  },
};
