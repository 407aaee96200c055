import { writeFileSync } from "node:fs";
import { join } from "node:path";

const NAMES = ["a", "b", "c", "d"];

export default {
  title: "four independent stages of one second each",
  goal: 0.8,
  flags: ["--no-cache"],
  prepare({ folder, base }) {
    const stages = NAMES.map((name) => `FROM ${base} AS ${name}\nRUN sleep 1 && echo ${name} > /${name}\n`);
    const copies = NAMES.map((name) => `COPY --from=${name} /${name} /\n`);
    writeFileSync(join(folder, "Dockerfile"), [...stages, `FROM ${base}\n`, ...copies].join(""));
  },
};
