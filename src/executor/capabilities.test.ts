import assert from "node:assert/strict";
import { test } from "node:test";
import { SlipwayError } from "../core/index.ts";
import { capabilitiesOf, hasCapability, parseCapabilityMask } from "./capabilities.ts";

const DOCKER = 0xa80425fbn;

test("Docker's set is what /proc shows of its containers", () => {
  assert.equal(capabilitiesOf(false, [], []), DOCKER);
  assert.equal(capabilitiesOf(true, [], []), 0x1ffffffffffn);
});

test("capabilities are added and dropped by name, in any spelling", () => {
  assert.equal(capabilitiesOf(false, ["CAP_SYS_ADMIN"], []), DOCKER | (1n << 21n));
  assert.equal(capabilitiesOf(false, [], ["chown"]), DOCKER & ~1n);
  assert.equal(capabilitiesOf(false, ["NET_RAW"], ["ALL"]), 1n << 13n);
  assert.equal(capabilitiesOf(false, ["ALL"], ["CHOWN"]), 0x1fffffffffen);
});

test("an unknown capability is an error", () => {
  assert.throws(
    () => capabilitiesOf(false, ["FLY"], []),
    (error) => error instanceof SlipwayError && error.code === "CAPABILITY_UNKNOWN",
  );
});

test("masks are read from the status of a process", () => {
  assert.equal(parseCapabilityMask("CapPrm:\t00000000000000ff\nCapBnd:\t00000000a80425fb\n", "CapBnd"), DOCKER);
  assert.ok(hasCapability(DOCKER, "CAP_MKNOD") && !hasCapability(DOCKER, "SYS_ADMIN"));
});
