import { writeFileSync } from "node:fs";
import { join } from "node:path";

export default {
  title: "rebuild with nothing changed, 8 steps, tiny context",
  goal: 0.35,
  prepare({ folder, base }) {
    const runs = [1, 2, 3, 4, 5].map((n) => `RUN echo ${n} > /${n}`).join("\n");
    writeFileSync(join(folder, "Dockerfile"), `FROM ${base}\nWORKDIR /app\nCOPY f .\n${runs}\nCOPY f /g\n`);
    writeFileSync(join(folder, "f"), "tiny\n");
  },
};
