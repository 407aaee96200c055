import assert from "node:assert/strict";
import { test } from "node:test";
import { hierarchies } from "./cgroup.ts";

test("version 2 is one hierarchy", () => {
  const mounts = "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n31 23 0:27 / /tmp rw - tmpfs tmpfs rw\n";
  assert.deepEqual(hierarchies(mounts, "0::/user.slice/app.scope\n"), [
    { version: 2, controllers: [], mountPoint: "/sys/fs/cgroup", own: "/sys/fs/cgroup/user.slice/app.scope" },
  ]);
});

test("version 1 has several, and a container sees a part of each", () => {
  const mounts = [
    "40 39 0:31 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory",
    "41 39 0:32 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct",
    "42 39 0:33 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd",
  ].join("\n");
  const groups = "4:memory:/docker/abc\n2:cpu,cpuacct:/\n1:name=systemd:/x\n";
  assert.deepEqual(
    hierarchies(mounts, groups).map(({ controllers, own }) => [controllers, own]),
    [
      [["memory"], "/sys/fs/cgroup/memory"],
      [["cpu", "cpuacct"], "/sys/fs/cgroup/cpu,cpuacct"],
      [["name=systemd"], "/sys/fs/cgroup/systemd/x"],
    ],
  );
});
