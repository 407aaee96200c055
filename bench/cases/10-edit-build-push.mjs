import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemRoot } from "../inputs.mjs";
import { publish, sharedLayer } from "../registry.mjs";
import { must } from "../timed.mjs";

export default {
  title: "edit one file of the app, rebuild on a 200 MB runtime layer, push",
  goal: 0.5,
  registry: true,
  async prepare({ work, folder, baseTar, registry }) {
    const root = join(work, "runtime");
    systemRoot(root, 200_000_000);
    must(["tar", "-C", root, "-xf", baseTar]);
    const name = await publish(registry, "bench/runtime", sharedLayer(work, root, "runtime-layer"), process.pid);
    mkdirSync(join(folder, "app"));
    for (let n = 0; n < 40; n++) writeFileSync(join(folder, "app", `${n}.js`), `export const n = ${n};\n`.repeat(200));
    writeFileSync(join(folder, "Dockerfile"), `FROM ${name}\nWORKDIR /app\nCOPY app .\nCMD ["node", "0.js"]\n`);
  },
  before({ folder, run }) {
    writeFileSync(join(folder, "app/0.js"), `export const edit = ${run};\n`);
  },
  command: (tool, { folder, registry }) => tool.buildAndPush(folder, `${registry}/bench/app-${tool.name}`),
};
