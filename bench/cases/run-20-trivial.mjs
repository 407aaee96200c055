// 20 trivial RUN steps, none from the cache.
import { writeFileSync } from "node:fs";
import { join } from "node:path";

export default {
  flags: ["--no-cache"],
  prepare(folder) {
    const runs = Array.from({ length: 20 }, (_, n) => `RUN true ${n}`).join("\n");
    writeFileSync(join(folder, "Dockerfile"), `FROM busybox\n${runs}\n`);
  },
};
