import type { Rule } from "../../rule.ts";
import { runsOf } from "../../shell/runs.ts";

export const splitRuntime: Rule = {
  name: "SplitRuntime",
  code: "SW019",
  severity: "info",
  description: "A long install that several images have in common should be an image of its own",
  advice:
    "Where installing took more than a minute and two other images of the store install the same, a base image, or a stage named runtime that they are all built from, is installed and pushed once.",
  built(file, { steps, sharedBy }, tell) {
    const installs = new Map(
      runsOf(file).flatMap(({ run, calls }) => (calls.some(isInstall) ? [[run.range.start.line, run]] : [])),
    );
    const done = steps.filter(({ line, seconds }) => seconds !== undefined && installs.has(line));
    const [first, last] = [done[0], done.at(-1)];
    const run = first && installs.get(first.line);
    const seconds = done.reduce((sum, step) => sum + (step.seconds ?? 0), 0);
    if (!run || !last || seconds <= LONG_SECONDS) return;
    // An image that ends with the install is a runtime already.
    if (!steps.slice(steps.indexOf(last) + 1).some(({ copies }) => copies)) return;
    const images = sharedBy(done.map(({ history }) => history));
    if (images < MANY_IMAGES) return;
    const took = `installing took ${Math.round(seconds)} s, and ${images} other images install the same`;
    tell(run, `${took}; make it a base image, or a stage named runtime, and build them from it`);
  },
};

const LONG_SECONDS = 60;
const MANY_IMAGES = 2;

function isInstall({ action }: { readonly action: string }): boolean {
  return ["install", "i", "ci", "add", "sync", "groupinstall"].includes(action);
}
