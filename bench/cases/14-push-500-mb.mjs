import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { largeFiles } from "../inputs.mjs";
import { must } from "../timed.mjs";

export default {
  title: "push of a 500 MB image, gzip compression included",
  goal: 0.8,
  registry: true,
  prepare({ folder, base }) {
    writeFileSync(join(folder, "Dockerfile"), `FROM ${base}\nCOPY data /data\n`);
    largeFiles(join(folder, "data"), 50, 500_000_000);
  },
  // The registry has not seen this layer, and nobody has compressed it.
  before({ folder, run }) {
    writeFileSync(join(folder, "data/changed"), `${run} ${process.pid}\n`);
  },
  setUp: (tool, { folder, registry, run }) =>
    must(tool.build(folder, `${registry}/bench/push-${run}-${tool.name}`, ["--label", `of=${tool.name}`])),
  command: (tool, { registry, run }) => tool.push(`${registry}/bench/push-${run}-${tool.name}`),
};
