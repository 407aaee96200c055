import assert from "node:assert/strict";
import { createServer, type Server } from "node:net";
import { test } from "node:test";
import { openPorts, parsePublish } from "./publish.ts";

test("a port is published under its own number, another, or any that is free; on all addresses or one", () => {
  const whole = { hostAddress: "0.0.0.0", containerPort: 5000 };
  assert.deepEqual(parsePublish("8888:5000"), [{ ...whole, hostPort: 8888 }]);
  assert.deepEqual(parsePublish("5000"), [{ ...whole, hostPort: 0 }]);
  assert.deepEqual(parsePublish("127.0.0.1::5000/tcp"), [{ ...whole, hostAddress: "127.0.0.1", hostPort: 0 }]);
  assert.deepEqual(parsePublish("[::1]:80:5000"), [{ ...whole, hostAddress: "::1", hostPort: 80 }]);
});

test("ranges go side by side", () => {
  const ports = parsePublish("8000-8001:90-91").map(({ hostPort, containerPort }) => [hostPort, containerPort]);
  assert.deepEqual(ports, [
    [8000, 90],
    [8001, 91],
  ]);
});

test("what is no port is refused", () => {
  for (const text of ["", "x", "1:2:3:4", "0:1", "70000:1", "1-2:1", "2-1:1-2", "80/http"])
    assert.throws(() => parsePublish(text), { code: "PUBLISH_INVALID" }, text);
  assert.throws(() => parsePublish("53:53/udp"), { code: "PUBLISH_PROTOCOL" });
});

test("what comes in at the host's port goes to the container's, and back", async () => {
  const echo: Server = createServer((socket) => socket.pipe(socket));
  await new Promise<void>((resolve) => echo.listen(0, "127.0.0.1", resolve));
  const { port: containerPort } = echo.address() as { port: number };
  const open = await openPorts([{ hostAddress: "127.0.0.1", hostPort: 0, containerPort }]);
  const { connect } = await import("node:net");
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(open.ports[0]?.hostPort ?? 0, "127.0.0.1");
    let text = "";
    socket.on("data", (data) => {
      text += data;
    });
    socket.on("end", () => resolve(text)).on("error", reject);
    socket.end("hello");
  });
  assert.equal(answer, "hello");
  await assert.rejects(openPorts([{ hostAddress: "127.0.0.1", hostPort: open.ports[0]?.hostPort ?? 0, containerPort: 1 }]), {
    code: "PORT_TAKEN",
  });
  open.close();
  echo.close();
});
