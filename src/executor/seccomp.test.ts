import assert from "node:assert/strict";
import { test } from "node:test";
import { ALL_CAPABILITIES, DEFAULT_CAPABILITIES, hasCapability } from "./capabilities.ts";
import { seccompProgram } from "./seccomp.ts";
import numbers from "./syscall-numbers.json" with { type: "json" };

const AUDIT = { x64: 0xc000003e, ia32: 0x40000003, arm64: 0xc00000b7, arm: 0x40000028, other: 0x15 };

/** What the kernel would answer: "allow" or an errno. */
function judge(program: string, abi: keyof typeof AUDIT, call: number, args: readonly bigint[] = []): "allow" | number {
  const code = Buffer.from(program, "hex");
  const facts = Buffer.alloc(64);
  facts.writeUInt32LE(call, 0);
  facts.writeUInt32LE(AUDIT[abi], 4);
  for (const [i, arg] of args.entries()) facts.writeBigUInt64LE(arg, 16 + 8 * i);
  let loaded = 0;
  for (let at = 0; ; at++) {
    const operation = code.readUInt16LE(at * 8);
    const [yes, no, value] = [code[at * 8 + 2]!, code[at * 8 + 3]!, code.readUInt32LE(at * 8 + 4)];
    if (operation === 0x20) loaded = facts.readUInt32LE(value);
    else if (operation === 0x54) loaded = (loaded & value) >>> 0;
    else if (operation === 0x05) at += value;
    else if (operation === 0x15) at += loaded === value ? yes : no;
    else if (operation === 0x25) at += loaded > value ? yes : no;
    else if (operation === 0x35) at += loaded >= value ? yes : no;
    else if (operation === 0x06) return value === 0x7fff0000 ? "allow" : value & 0xffff;
    else throw new Error(`unknown operation ${operation}`);
  }
}

const usual = seccompProgram("x64", (name) => hasCapability(DEFAULT_CAPABILITIES, name))!;
const mighty = seccompProgram("x64", (name) => hasCapability(ALL_CAPABILITIES, name))!;
const [EPERM, ENOSYS] = [1, 38];

test("everyday calls pass, in both ways that a 64-bit PC has", () => {
  for (const call of ["read", "openat", "execve", "chroot", "mknodat", "fchmodat2"] as const) {
    assert.equal(judge(usual, "x64", numbers.x64[call]), "allow", call);
    assert.equal(judge(usual, "ia32", numbers.ia32[call]), "allow", `${call} of ia32`);
  }
  assert.equal(judge(usual, "ia32", numbers.ia32.socketcall), "allow");
});

test("calls that Docker refuses give EPERM", () => {
  for (const call of [
    "mount",
    "unshare",
    "setns",
    "keyctl",
    "bpf",
    "reboot",
    "init_module",
    "io_uring_setup",
    "userfaultfd",
  ] as const) {
    assert.equal(judge(usual, "x64", numbers.x64[call]), EPERM, call);
  }
  assert.equal(judge(usual, "other", 0), EPERM);
  assert.equal(judge(usual, "x64", 0x40000000), EPERM);
});

test("a capability opens its calls", () => {
  assert.equal(judge(mighty, "x64", numbers.x64.mount), "allow");
  assert.equal(judge(mighty, "x64", numbers.x64.clone3), "allow");
  assert.equal(judge(mighty, "x64", numbers.x64.keyctl), EPERM);
});

test("clone passes without new namespaces, and clone3 does not exist", () => {
  assert.equal(judge(usual, "x64", numbers.x64.clone, [0x1200011n]), "allow");
  assert.equal(judge(usual, "x64", numbers.x64.clone, [0x10000011n]), EPERM);
  assert.equal(judge(usual, "x64", numbers.x64.clone3), ENOSYS);
});

test("all sockets pass but vsock", () => {
  const socket = (family: bigint): unknown => judge(usual, "x64", numbers.x64.socket, [family]);
  assert.deepEqual([1n, 2n, 38n, 39n, 40n, 41n, 1n << 32n].map(socket), [
    "allow",
    "allow",
    EPERM,
    "allow",
    EPERM,
    "allow",
    "allow",
  ]);
});

test("personality passes for the five harmless values", () => {
  const personality = (value: bigint): unknown => judge(usual, "x64", numbers.x64.personality, [value]);
  assert.deepEqual([0n, 8n, 0xffffffffn, 1n, 1n << 32n].map(personality), ["allow", "allow", "allow", EPERM, EPERM]);
});

test("calls newer than the profile do not exist", () => {
  assert.equal(judge(usual, "x64", 466), "allow");
  assert.equal(judge(usual, "x64", 467), ENOSYS);
});

test("64-bit ARM runs 32-bit programs too, with the calls of their own", () => {
  const arm = seccompProgram("arm64", (name) => hasCapability(DEFAULT_CAPABILITIES, name))!;
  assert.equal(judge(arm, "arm64", numbers.arm64.openat), "allow");
  assert.equal(judge(arm, "arm64", numbers.arm64.mount), EPERM);
  assert.equal(judge(arm, "arm", numbers.arm.openat), "allow");
  assert.equal(judge(arm, "arm", numbers.arm.set_tls), "allow");
  assert.equal(judge(arm, "arm", numbers.arm.mount), EPERM);
  assert.equal(judge(arm, "arm", 467), ENOSYS);
  assert.equal(judge(arm, "x64", numbers.x64.read), EPERM);
});

test("no profile is made for a processor without a table", () => {
  assert.equal(
    seccompProgram("riscv64", () => false),
    undefined,
  );
});

test("where there is one user, changes of owner and user succeed without effect", () => {
  const has = (name: string): boolean => hasCapability(DEFAULT_CAPABILITIES, name);
  const [program, plain] = [seccompProgram("x64", has, true), seccompProgram("x64", has)] as [string, string];
  for (const call of ["chown", "fchownat", "setresuid", "setgroups"] as const) {
    assert.equal(judge(program, "x64", numbers.x64[call]), 0, call);
    assert.equal(judge(plain, "x64", numbers.x64[call]), "allow", call);
  }
  assert.equal(judge(program, "ia32", numbers.ia32.chown32), 0);
  assert.equal(judge(program, "x64", numbers.x64.openat), "allow");
});
