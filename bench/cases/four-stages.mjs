// Four independent stages of one second each.
import { writeFileSync } from "node:fs";
import { join } from "node:path";

export default {
  flags: ["--no-cache"],
  prepare(folder) {
    const names = ["a", "b", "c", "d"];
    const stages = names.map((name) => `FROM busybox AS ${name}\nRUN sleep 1 && echo ${name} > /${name}\n`).join("");
    writeFileSync(
      join(folder, "Dockerfile"),
      `${stages}FROM busybox\n${names.map((name) => `COPY --from=${name} /${name} /\n`).join("")}`,
    );
  },
};
