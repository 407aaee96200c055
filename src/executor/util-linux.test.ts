import assert from "node:assert/strict";
import { test } from "node:test";
import type { Operation } from "./program.ts";
import { shellStart } from "./util-linux.ts";

function script(operations: readonly Operation[], resolve = (path: string): string => path.replace(/^\//, "")): string {
  return shellStart(operations, "/place", resolve).program.toString();
}

test("words are quoted, whatever is in them", () => {
  const text = script([["exec", 1, "A=it's $HOME", "echo", "`id`", "a\nb", "'"]]);
  assert.ok(text.includes(`-i 'A=it'\\''s $HOME' `));
  assert.ok(text.includes(`-- 'echo' '\`id\`' 'a\nb' ''\\''' 3<&- 4>&-`));
});

test("after the root is changed paths are those of the root, with the links of the image followed", () => {
  const text = script(
    [
      ["mkdirs", "/outside", 0o755],
      ["pivot", "/place/root"],
      ["mkdirs", "/var/run/x", 0o755],
    ],
    (path) => path.replace("/var/run", "run"),
  );
  assert.match(text, /^try 'mkdirs' '\/outside' 'mkdir' '-p' '-m' '755' '--' '\/outside'$/m);
  assert.match(text, /^try 'mkdirs' '\/var\/run\/x' 'mkdir' '-p' '-m' '755' '--' "\$root"'\/run\/x'$/m);
});

test("the bytes of a lent file survive", () => {
  const text = script([["file", "/place/s", 0o400, 0, 0, Buffer.from([0, 39, 255]).toString("hex")]]);
  assert.match(text, /^printf %b '\\00\\047\\0377' > '\/place\/s'/m);
});

test("the bounding set names what stays, and a user that is not root is taken last", () => {
  const text = script([
    ["bounding", "0x401"],
    ["groups", 7, 8],
    ["gid", 7],
    ["uid", 5],
    ["exec", 0, "id"],
  ]);
  assert.match(text, /--inh-caps=-all --bounding-set=-all,\+chown,\+net_bind_service --regid=7 --groups=7,8 -- "\$env" -i/);
  assert.match(text, /"\$nsenter" --root=\. --wd='\.\/' -S 5 -- 'id'/);
});

test("without a network of its own the script joins no new one", () => {
  assert.ok(!shellStart([["unshare", 0x20000]], "/p", String).args.includes("--net"));
  assert.ok(shellStart([["unshare", 0x40020000]], "/p", String).args.includes("--net"));
});
