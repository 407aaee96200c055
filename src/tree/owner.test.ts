import assert from "node:assert/strict";
import { test } from "node:test";
import { hasId, isWhole, parseIdMap } from "./id-map.ts";
import { decodeOwner, encodeOwner } from "./owner.ts";

test("an owner comes out of its record as it went in", () => {
  for (const owner of [
    { uid: 0, gid: 0 },
    { uid: 1000, gid: 0 },
    { uid: 0, gid: 127 },
    { uid: 200_000, gid: 4_294_967_294 },
  ]) {
    assert.deepEqual(decodeOwner(encodeOwner(owner)), owner);
  }
});

test("the record is the protobuf message of rootlesscontaine.rs", () => {
  assert.deepEqual([...encodeOwner({ uid: 300, gid: 5 })], [0x08, 0xac, 0x02, 0x10, 0x05]);
});

test("the map of a user namespace says who exists", () => {
  const whole = parseIdMap("         0          0 4294967295\n");
  assert.ok(isWhole(whole));
  assert.ok(hasId(whole, 70_000));
  const ranges = parseIdMap("         0       1000          1\n         1     100000      65536\n");
  assert.deepEqual(ranges, [
    { inside: 0, outside: 1000, count: 1 },
    { inside: 1, outside: 100_000, count: 65_536 },
  ]);
  assert.ok(!isWhole(ranges));
  assert.ok(hasId(ranges, 65_536));
  assert.ok(!hasId(ranges, 65_537));
});
