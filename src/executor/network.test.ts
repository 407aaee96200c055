import assert from "node:assert/strict";
import { test } from "node:test";
import { hostsFile } from "./network.ts";

test("the hosts file is BuildKit's, with what was added", () => {
  assert.equal(
    hostsFile("buildkitsandbox", ["my.example:10.1.2.3", "other=::1", "six:[fe80::1]"]),
    "127.0.0.1\tlocalhost buildkitsandbox\n::1\tlocalhost ip6-localhost ip6-loopback\n10.1.2.3\tmy.example\n::1\tother\nfe80::1\tsix\n",
  );
});

test("the gateway of the host is this machine, whose network a step shares", () => {
  assert.match(hostsFile(undefined, ["host.docker.internal:host-gateway"]), /^127\.0\.0\.1\thost\.docker\.internal$/m);
});
