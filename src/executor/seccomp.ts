/** Docker's default seccomp profile as a BPF program. */
import { ALLOWED, ALLOWED_ON, ALLOWED_WITH } from "./seccomp-calls.ts";
import numbers from "./syscall-numbers.json" with { type: "json" };

/** A way to call the kernel that has a table. */
type Abi = "x64" | "ia32" | "arm64" | "arm";

/** How audit names them. */
const AUDIT: Readonly<Record<Abi, number>> = { x64: 0xc000003e, ia32: 0x40000003, arm64: 0xc00000b7, arm: 0x40000028 };

/** What programs on a processor may use: those of a 32-bit image call in their own way. */
const ABIS: Readonly<Record<string, readonly Abi[]>> = { x64: ["x64", "ia32"], arm64: ["arm64", "arm"] };

/** A call that is judged by an argument, or has an error of its own. */
interface Judged {
  readonly call: string;
  readonly index?: number;
  readonly op?: "equal" | "less" | "greater" | "no bits of";
  readonly value?: number;
  /** The error instead of leave. */
  readonly errno?: number;
}

const ENOSYS = 38;
const AF_VSOCK = 40;
/** The flags of clone(2) that make namespaces. */
const CLONE_NAMESPACES = 0x7e020000;
const EVERYBODY: readonly Judged[] = [
  // Vsock would reach the host of a virtual machine; the numbers between are spared.
  { call: "socket", index: 0, op: "less", value: AF_VSOCK - 2 },
  { call: "socket", index: 0, op: "equal", value: AF_VSOCK - 1 },
  { call: "socket", index: 0, op: "greater", value: AF_VSOCK },
  ...[0, 8, 0x20000, 0x20008, 0xffffffff].map((value): Judged => ({ call: "personality", index: 0, op: "equal", value })),
];
const UNPRIVILEGED: readonly Judged[] = [
  { call: "clone", index: 0, op: "no bits of", value: CLONE_NAMESPACES },
  // Its flags cannot be seen; libraries answer this error by using clone.
  { call: "clone3", errno: ENOSYS },
];

/** Where there is one user only, package managers would stop at the first file of another (as with Charliecloud). */
const PRETENDED: readonly Judged[] = [
  "chown chown32 fchown fchown32 lchown lchown32 fchownat setgroups setgroups32 setuid setuid32 setgid setgid32",
  "setreuid setreuid32 setregid setregid32 setresuid setresuid32 setresgid setresgid32 setfsuid setfsuid32 setfsgid setfsgid32",
].flatMap((line) => line.split(" ").map((call): Judged => ({ call, errno: 0 })));

const ALLOW = 0x7fff0000;
const ERRNO = 0x00050000;
const EPERM = 1;
/** Offsets in struct seccomp_data. */
const NUMBER = 0;
const ARCHITECTURE = 4;
const argument = (index: number): number => 16 + 8 * index;

const LOAD = 0x20;
const JUMP = 0x05;
const JUMP_EQUAL = 0x15;
const JUMP_GREATER_EQUAL = 0x35;
const JUMP_GREATER = 0x25;
const AND = 0x54;
const RETURN = 0x06;

type Instruction = readonly [code: number, yes: number, no: number, value: number];

/**
 * The program for a process with these capabilities, in hexadecimal digits, sixteen an
 * instruction. Undefined on a processor that no table is kept for. `pretend`: changes of
 * owner and user have no effect and say that they had.
 */
export function seccompProgram(architecture: string, has: (capability: string) => boolean, pretend = false): string | undefined {
  const abis = ABIS[architecture];
  if (!abis) return undefined;
  const program: Instruction[] = [[LOAD, 0, 0, ARCHITECTURE]];
  for (const abi of abis) {
    const rules = rulesOf(abi, has, pretend ? PRETENDED : []);
    program.push([JUMP_EQUAL, 1, 0, AUDIT[abi]], [JUMP, 0, 0, rules.length], ...rules);
  }
  program.push([RETURN, 0, 0, ERRNO | EPERM]);
  const bytes = Buffer.alloc(program.length * 8);
  for (const [i, [code, yes, no, value]] of program.entries()) {
    bytes.writeUInt16LE(code, i * 8);
    bytes.writeUInt8(yes, i * 8 + 2);
    bytes.writeUInt8(no, i * 8 + 3);
    bytes.writeUInt32LE(value >>> 0, i * 8 + 4);
  }
  return bytes.toString("hex");
}

function rulesOf(abi: Abi, has: (capability: string) => boolean, pretended: readonly Judged[]): Instruction[] {
  const table: Readonly<Record<string, number>> = numbers[abi];
  const withCapability = Object.entries(ALLOWED_WITH).flatMap(([capability, calls]) => (has(capability) ? calls : []));
  const judged = [...pretended, ...EVERYBODY, ...(has("SYS_ADMIN") ? [] : UNPRIVILEGED)];
  const known = numbersOf([...ALLOWED, ...Object.values(ALLOWED_WITH).flat()], table);
  const latest = known.at(-1) ?? 0;
  return [
    [LOAD, 0, 0, NUMBER],
    // Numbers from here on are those of the x32 way to call.
    ...(abi === "x64"
      ? ([
          [JUMP_GREATER_EQUAL, 0, 1, 0x40000000],
          [RETURN, 0, 0, ERRNO | EPERM],
        ] as Instruction[])
      : []),
    // To calls newer than the profile runc answers that they do not exist, so that libraries use older ones.
    [JUMP_GREATER, 0, 2, latest],
    // ARM has a few of its own far above, which are below among the allowed ones.
    [JUMP_GREATER_EQUAL, 1, 0, ARM_OWN],
    [RETURN, 0, 0, ERRNO | ENOSYS],
    ...conditional(judged, table),
    ...ranges(numbersOf([...ALLOWED, ...ALLOWED_ON[abi], ...withCapability], table)),
    [RETURN, 0, 0, ERRNO | EPERM],
  ];
}

function numbersOf(calls: readonly string[], table: Readonly<Record<string, number>>): number[] {
  const found = new Set(calls.flatMap((call) => table[call] ?? []));
  return [...found].sort((a, b) => a - b);
}

/** Runs of allowed numbers: two comparisons each. */
function ranges(allowedNumbers: readonly number[]): Instruction[] {
  const program: Instruction[] = [];
  for (let i = 0; i < allowedNumbers.length; ) {
    const low = allowedNumbers[i] as number;
    let high = low;
    while (allowedNumbers[++i] === high + 1) high++;
    program.push([JUMP_GREATER_EQUAL, 0, 2, low], [JUMP_GREATER, 1, 0, high], [RETURN, 0, 0, ALLOW]);
  }
  return program;
}

/** Blocks for the calls that are judged; a test that fails goes on behind its block. */
function conditional(judged: readonly Judged[], table: Readonly<Record<string, number>>): Instruction[] {
  const program: Instruction[] = [];
  for (const one of judged) {
    const number = table[one.call];
    if (number === undefined) continue;
    const inner: Instruction[] = [...test(one), [RETURN, 0, 0, one.errno === undefined ? ALLOW : ERRNO | one.errno]];
    const block = inner.map((instruction, at) => patched(instruction, inner.length - at - 1));
    program.push([JUMP_EQUAL, 0, block.length + 1, number], ...block, [LOAD, 0, 0, NUMBER]);
  }
  return program;
}

const FAIL = 255;
/** Where the calls begin that only 32-bit ARM has. */
const ARM_OWN = 0xf0000;

/** Compares an argument, of which a processor loads a half at a time. */
function test({ index, value = 0, op }: Judged): Instruction[] {
  if (index === undefined) return [];
  const low: Instruction = [LOAD, 0, 0, argument(index)];
  const high: Instruction = [LOAD, 0, 0, argument(index) + 4];
  const small: Instruction[] = [high, [JUMP_EQUAL, 0, FAIL, 0], low];
  if (op === "equal") return [...small, [JUMP_EQUAL, 0, FAIL, value]];
  if (op === "less") return [...small, [JUMP_GREATER_EQUAL, FAIL, 0, value]];
  if (op === "greater") return [high, [JUMP_GREATER, 2, 0, 0], low, [JUMP_GREATER, 0, FAIL, value]];
  return [low, [AND, 0, 0, value], [JUMP_EQUAL, 0, FAIL, 0]];
}

function patched([code, yes, no, value]: Instruction, distance: number): Instruction {
  return [code, yes === FAIL ? distance : yes, no === FAIL ? distance : no, value];
}
