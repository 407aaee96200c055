import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemRoot } from "../inputs.mjs";
import { publish, sharedLayer } from "../registry.mjs";

export default {
  title: "build FROM a remote base with only COPY --link, push",
  goal: 0.5,
  registry: true,
  prepare({ work, folder }) {
    const root = join(work, "remote");
    systemRoot(root, 160_000_000);
    this.layer = sharedLayer(work, root, "remote-layer");
    mkdirSync(join(folder, "app"));
    for (let n = 0; n < 40; n++) writeFileSync(join(folder, "app", `${n}.js`), `export const n = ${n};\n`.repeat(200));
  },
  // Nobody has seen this base yet.
  async before({ folder, run, registry }) {
    const name = await publish(registry, `bench/remote-${run}`, this.layer, `remote ${run} ${process.pid}`);
    writeFileSync(join(folder, "Dockerfile"), `FROM ${name}\nCOPY --link app /app\nCMD ["node", "/app/0.js"]\n`);
  },
  command: (tool, { folder, registry }) => tool.buildAndPush(folder, `${registry}/bench/linked-${tool.name}`),
};
