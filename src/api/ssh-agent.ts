/** SSH keys for a build: an agent that has them, from OpenSSH's programs, for as long as the build lasts. */
import { execFile, spawn } from "node:child_process";
import { existsSync, lstatSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { Loans, SecretSource } from "../solve/index.ts";
import { sshKeyRefused, sshToolsMissing } from "./errors.ts";

/** What a build may borrow; nothing of it is kept. */
export interface LoanOptions {
  readonly secrets: ReadonlyMap<string, SecretSource>;
  /** By ID: the socket of an agent, or files of private keys. */
  readonly ssh: ReadonlyMap<string, string | readonly string[]>;
}

export interface OpenLoans {
  readonly loans: Loans;
  close(): void;
}

/** How long an agent may take to listen. */
const STEPS = 200;
const STEP_MS = 10;

/** Starts the agents that keys need. Throws SSH_KEY_REFUSED, SSH_TOOLS_MISSING. */
export async function openLoans(options: LoanOptions | undefined, signal: AbortSignal): Promise<OpenLoans> {
  const ends: (() => void)[] = [];
  const close = (): void => {
    for (const end of ends.splice(0)) end();
  };
  const ssh = new Map<string, string>();
  try {
    for (const [id, place] of options?.ssh ?? []) {
      const keys = typeof place === "string" ? [place] : place;
      const [only] = keys;
      if (keys.length === 1 && only !== undefined && isSocket(only)) ssh.set(id, only);
      else ssh.set(id, await agentOf(keys, ends, signal));
    }
  } catch (error) {
    close();
    throw error;
  }
  return { loans: { secrets: options?.secrets ?? new Map(), ssh }, close };
}

function isSocket(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === false;
}

async function agentOf(keys: readonly string[], ends: (() => void)[], signal: AbortSignal): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "slipway-ssh-"));
  const socket = join(folder, "agent");
  const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
  ends.push(() => {
    agent.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  let failed = false;
  agent.on("error", () => {
    failed = true;
  });
  for (let step = 0; step < STEPS && !failed && !existsSync(socket); step++) await sleep(STEP_MS, undefined, { signal });
  if (!existsSync(socket)) throw sshToolsMissing();
  for (const key of keys) {
    try {
      // No terminal, no question: a key with a passphrase belongs into an agent of the user's.
      const env = { ...process.env, SSH_AUTH_SOCK: socket, SSH_ASKPASS_REQUIRE: "never", DISPLAY: "" };
      const added = promisify(execFile)("ssh-add", ["-q", "--", key], { env, signal });
      added.child.stdin?.end();
      await added;
    } catch (error) {
      signal.throwIfAborted();
      const told = (error as { stderr?: string }).stderr?.trim().split("\n")[0];
      throw sshKeyRefused(key, told || (error as Error).message);
    }
  }
  return socket;
}
