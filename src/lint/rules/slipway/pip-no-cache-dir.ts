import type { Stage } from "../../../dockerfile/index.ts";
import type { Rule } from "../../rule.ts";
import { hasOption } from "../../shell/package-call.ts";
import { mountCovers, runsOf } from "../../shell/runs.ts";

export const pipNoCacheDir: Rule = {
  name: "PipNoCacheDir",
  code: "SW003",
  aliases: ["DL3042"],
  description: "pip should not keep its downloads in the image",
  advice:
    "What pip downloads stays in the layer and is never used; --no-cache-dir or a cache mount at /root/.cache/pip keeps it out.",
  severity: "info",
  fixable: true,
  whole(file, _around, tell) {
    const off = new Set(file.stages.filter(setsNoCache));
    for (const { run, stage, calls } of runsOf(file)) {
      if (mountCovers(run, "/root/.cache/pip")) continue;
      for (const call of calls) {
        if (off.has(stage) || call.manager !== "pip" || call.action !== "install" || hasOption(call, "--no-cache-dir")) continue;
        if (call.command.assignments.some(({ text }) => text.startsWith("PIP_NO_CACHE_DIR="))) continue;
        const { end } = call.actionWord;
        tell(run, "pip keeps its downloads in the image; use --no-cache-dir or a cache mount", {
          at: call.command,
          edits: end < 0 ? undefined : [{ start: end, end, text: " --no-cache-dir" }],
        });
      }
    }
  },
};

function setsNoCache({ body }: Stage): boolean {
  return body.some((line) => line.kind === "ENV" && line.pairs.some(({ key }) => key.raw === "PIP_NO_CACHE_DIR"));
}
