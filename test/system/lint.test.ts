import assert from "node:assert/strict";
import { test } from "node:test";
import { Place } from "../support/slipway.ts";

const STAGES = "# base what all need\nFROM scratch AS base\nARG PORT=80\nFROM base AS Web\nCOPY a /\nCMD a\n";

test("--call tells of targets and parameters without building", async () => {
  using place = new Place();
  const folder = place.files("app", { Dockerfile: STAGES });
  const targets = await place.slipway(["build", "--call=targets", folder]);
  assert.equal(targets.stdout, "TARGET        DESCRIPTION\nbase          what all need\nweb (default) \n");
  const outline = await place.slipway(["build", "--call", "outline,format=json", "--build-arg", "PORT=8080", folder]);
  const { name, args } = JSON.parse(outline.stdout);
  assert.equal(name, "web");
  assert.equal(args[0].value, "8080");
});

test("--check ends with 1 where there is advice, and with 0 where its status is not wanted", async () => {
  using place = new Place();
  const folder = place.files("app", { Dockerfile: STAGES });
  const check = await place.slipway(["build", "--check", folder]);
  assert.equal(check.code, 1);
  assert.match(check.stdout, /^Check complete, 2 warnings have been found!/);
  const json = await place.slipway(["build", "--call=check,format=json,ignorestatus=true", folder]);
  assert.equal(json.code, 0);
  const { warnings } = JSON.parse(json.stdout);
  assert.deepEqual(
    warnings.map(({ ruleName }: { ruleName: string }) => ruleName),
    ["StageNameCasing", "JSONArgsRecommended"],
  );
  assert.equal((await place.slipway(["build", "--call=nonsense", folder])).code, 1);
});
