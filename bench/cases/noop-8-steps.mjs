// A rebuild with nothing changed: 8 steps, a tiny context.
import { writeFileSync } from "node:fs";
import { join } from "node:path";

export default {
  flags: [],
  prepare(folder) {
    const runs = [1, 2, 3, 4, 5].map((n) => `RUN echo ${n} > /${n}`).join("\n");
    writeFileSync(join(folder, "Dockerfile"), `FROM busybox\nWORKDIR /app\nCOPY f .\n${runs}\nCOPY f /g\n`);
    writeFileSync(join(folder, "f"), "tiny\n");
  },
};
