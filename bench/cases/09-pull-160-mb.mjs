import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemRoot } from "../inputs.mjs";
import { publish, sharedLayer } from "../registry.mjs";
import { must } from "../timed.mjs";

export default {
  title: "pull a 160 MB distribution from a loopback registry, one RUN",
  goal: 0.4,
  registry: true,
  prepare({ work, folder, baseTar }) {
    const root = join(folder, "root");
    systemRoot(root, 160_000_000);
    must(["tar", "-C", root, "-xf", baseTar]);
    this.layer = sharedLayer(work, root, "distribution");
  },
  // Nobody has seen this base yet.
  async before({ folder, run, registry }) {
    const name = await publish(registry, `bench/distribution-${run}`, this.layer, `${run} ${process.pid}`);
    writeFileSync(join(folder, "Dockerfile"), `FROM ${name}\nRUN echo done > /done\n`);
    writeFileSync(join(folder, ".dockerignore"), "*\n");
  },
};
