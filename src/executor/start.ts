/** Starts what makes a process, and tells how it ended. */
import { spawn } from "node:child_process";
import { constants } from "node:os";
import type { Readable, Writable } from "node:stream";
import type { Cgroup } from "./cgroup.ts";
import type { ExitStatus, ProcessIo } from "./contract.ts";
import { limitRefused, setupFailed } from "./errors.ts";
import { ulimitName } from "./ulimit.ts";

/** A command that reads what to do from descriptor 3 and tells over descriptor 4 what went wrong. */
export interface Starter {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly program: Buffer;
  /** Whether it has to be killed to be stopped; the native helper sees the status channel hang up. */
  readonly kill: boolean;
}

/**
 * Starts it and waits for the end of all it started. `made` gets the mount points that were
 * missing; all of it is in `cgroup`. When `signal` aborts, or this process dies, all that was started is killed.
 */
export async function start(
  starter: Starter,
  io: ProcessIo,
  made: string[],
  signal: AbortSignal,
  cgroup?: Cgroup,
): Promise<ExitStatus> {
  const inherit = "inherit" in io;
  const stdin = inherit ? (io.stdin ? "inherit" : "ignore") : io.stdin ? "pipe" : "ignore";
  const output = inherit ? "inherit" : "pipe";
  const child = spawn(starter.command, starter.args, { stdio: [stdin, output, output, "pipe", "pipe"], env: starter.env });
  const status = child.stdio[4] as Readable;
  const kill = (): void => {
    status.destroy();
    if (starter.kill) child.kill("SIGKILL");
  };
  signal.addEventListener("abort", kill, { once: true });
  child.once("spawn", () => io.onStarted?.((name) => void child.kill(name)));
  let told = "";
  status.setEncoding("utf8");
  status.on("error", () => {});
  status.on("data", (chunk: string) => {
    told += chunk;
  });
  if (!inherit) {
    child.stdout?.on("data", (data: Buffer) => io.onOutput("stdout", data));
    child.stderr?.on("data", (data: Buffer) => io.onOutput("stderr", data));
    if (io.stdin && child.stdin) io.stdin.pipe(child.stdin);
  }
  const input = child.stdio[3] as Writable;
  input.on("error", () => {});
  try {
    if (cgroup && child.pid !== undefined) join(cgroup, child.pid, kill);
    input.end(starter.program);
    const [code, by] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (exitCode, exitSignal) => resolve([exitCode, exitSignal]));
    });
    signal.throwIfAborted();
    const trouble = troubleIn(told, made);
    if (trouble?.operation === "limit") throw limitRefused(ulimitName(Number(trouble.subject)));
    if (trouble) throw setupFailed(trouble.operation, trouble.errno, trouble.subject);
    return { code: code ?? 128 + (by ? constants.signals[by] : 0) };
  } finally {
    signal.removeEventListener("abort", kill);
  }
}

/** The child does nothing before it has read its program. */
function join(cgroup: Cgroup, pid: number, kill: () => void): void {
  try {
    cgroup.add(pid);
  } catch (error) {
    kill();
    throw error;
  }
}

interface Trouble {
  readonly operation: string;
  readonly errno: string;
  readonly subject: string;
}

/** Reads what the helper told: records `OPERATION ERRNO SUBJECT`, each ended by NUL. */
function troubleIn(told: string, made: string[]): Trouble | undefined {
  let trouble: Trouble | undefined;
  for (const record of told.split("\0")) {
    if (record === "") continue;
    const [operation = "", errno = "", ...subject] = record.split(" ");
    if (operation === "made") made.push(subject.join(" "));
    else trouble = { operation, errno: errnoName(errno), subject: subject.join(" ") };
  }
  return trouble;
}

/** A dash stands for an error whose words are in the subject. */
function errnoName(errno: string): string {
  if (errno === "-") return "";
  return Object.entries(constants.errno).find(([, number]) => number === Number(errno))?.[0] ?? `errno ${errno}`;
}
