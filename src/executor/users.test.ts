import assert from "node:assert/strict";
import { test } from "node:test";
import { hasAccount, homeOf, resolveOwner, resolveUser } from "./users.ts";

const PASSWD = "root:x:0:0:root:/root:/bin/sh\nbob:x:1000:1001:Bob:/home/bob:/bin/sh\n1234:x:77:78::/:/bin/sh\n";
const GROUP = "root:x:0:\nstaff:x:50:bob\n";

test("a user brings the groups of the files, unless a group is named", () => {
  assert.deepEqual(resolveUser("bob", PASSWD, GROUP), { uid: 1000, gid: 1001, groups: [50] });
  assert.deepEqual(resolveUser("bob:staff", PASSWD, GROUP), { uid: 1000, gid: 50, groups: [] });
});

test("a number is never taken for a name", () => {
  assert.deepEqual(resolveUser("1234", PASSWD, GROUP), { uid: 1234, gid: 0, groups: [] });
});

test("root is known without any file if a group is named", () => {
  assert.deepEqual(resolveUser("root:root", undefined, undefined), { uid: 0, gid: 0, groups: [] });
  assert.throws(() => resolveUser("root", undefined, undefined), { code: "USER_UNKNOWN" });
});

test("errors have BuildKit's words", () => {
  assert.throws(() => resolveUser("nouser", PASSWD, GROUP), {
    message: "unable to find user nouser: no matching entries in passwd file",
  });
  assert.throws(() => resolveUser("bob:nogroup", PASSWD, GROUP), { code: "GROUP_UNKNOWN" });
  assert.throws(() => resolveUser("2147483648", PASSWD, GROUP), { code: "USER_OUT_OF_RANGE" });
});

test("an owner that is not found is root, a group that is not found the user's own", () => {
  assert.deepEqual(resolveOwner("nobody", PASSWD, GROUP), { uid: 0, gid: 0 });
  assert.deepEqual(resolveOwner("bob:nogroup", PASSWD, GROUP), { uid: 1000, gid: 1001 });
  assert.deepEqual(resolveOwner("1000", PASSWD, GROUP), { uid: 1000, gid: 1000 });
});

test("home is that of passwd, or the root", () => {
  assert.equal(homeOf(1000, PASSWD), "/home/bob");
  assert.equal(homeOf(4242, PASSWD), "/");
  assert.equal(homeOf(0, undefined), "/");
});

test("a user is known by the number in /etc/passwd, not by a name that is one", () => {
  assert.deepEqual(
    [0, 1000, 77, 1234].map((uid) => hasAccount(uid, PASSWD)),
    [true, true, true, false],
  );
  assert.equal(hasAccount(0, undefined), false);
});
