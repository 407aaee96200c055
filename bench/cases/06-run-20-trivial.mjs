import { writeFileSync } from "node:fs";
import { join } from "node:path";

export default {
  title: "20 trivial RUN steps, cold",
  goal: 0.15,
  flags: ["--no-cache"],
  prepare({ folder, base }) {
    const runs = Array.from({ length: 20 }, (_, n) => `RUN true ${n}`).join("\n");
    writeFileSync(join(folder, "Dockerfile"), `FROM ${base}\n${runs}\n`);
  },
};
