import { writeFileSync } from "node:fs";
import { join } from "node:path";

export default {
  title: "200-instruction Dockerfile, nothing changed",
  goal: 0.4,
  prepare({ folder, base }) {
    // Docker's images have at most 127 layers.
    const lines = Array.from({ length: 100 }, (_, n) => `ENV E${n}=${n}\n${n % 2 ? `COPY f /${n}` : `RUN echo ${n} > /${n}`}\n`);
    writeFileSync(join(folder, "Dockerfile"), `FROM ${base}\n${lines.join("")}`);
    writeFileSync(join(folder, "f"), "tiny\n");
  },
};
