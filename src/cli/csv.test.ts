import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCsv, parsePairs } from "./csv.ts";

test("fields are separated by commas; quotes keep commas and double to stay", () => {
  assert.deepEqual(parseCsv("type=local,dest=a b"), ["type=local", "dest=a b"]);
  assert.deepEqual(parseCsv('type=image,"name=a,b"'), ["type=image", "name=a,b"]);
  assert.deepEqual(parseCsv('"a""b",'), ['a"b', ""]);
  assert.deepEqual(parseCsv(""), [""]);
});

test("quotes that do not match are refused", () => {
  for (const text of ['"a', 'a"b', '"a"b']) assert.equal(parseCsv(text), undefined, text);
});

test("pairs have keys in lower case, and none where there is no `=`", () => {
  assert.deepEqual(parsePairs("ID=x,src=a=b,ro"), [
    ["id", "x"],
    ["src", "a=b"],
    ["", "ro"],
  ]);
});
