// COPY of 50,000 small files, cold.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export default {
  flags: ["--no-cache"],
  prepare(folder) {
    writeFileSync(join(folder, "Dockerfile"), "FROM busybox\nCOPY src /src\n");
    for (let n = 0; n < 500; n++) {
      const inside = join(folder, "src", String(n));
      mkdirSync(inside, { recursive: true });
      for (let f = 0; f < 100; f++) writeFileSync(join(inside, `${f}.txt`), `file ${f} of folder ${n}\n`.repeat(20));
    }
  },
};
