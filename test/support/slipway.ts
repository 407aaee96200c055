/** The command as users call it, on a store of its own. */
import { spawn, spawnSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** The command. */
export const program: string = join(import.meta.dirname, "../../bin/slipway");

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder that is gone when the test ends, and the program with its store in it. */
export class Place implements Disposable {
  readonly folder: string = mkdtempSync(join(tmpdir(), "slipway-test-"));
  readonly root: string = join(this.folder, "store");

  /** Writes files into a folder and returns its path. */
  files(name: string, files: Readonly<Record<string, string>>): string {
    for (const [path, text] of Object.entries(files)) {
      const file = join(this.folder, name, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    return join(this.folder, name);
  }

  async slipway(words: readonly string[], options: { readonly cwd?: string; readonly root?: string } = {}): Promise<Outcome> {
    return run([program, "--root", options.root ?? this.root, ...words], options.cwd ?? this.folder);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Runs a command to its end. `stdin` is an open file, which is closed. */
export function run(words: readonly string[], cwd?: string, stdin?: number): Promise<Outcome> {
  const [command = "", ...rest] = words;
  return new Promise((resolve, reject) => {
    const child = spawn(command, rest, { stdio: [stdin ?? "ignore", "pipe", "pipe"], ...(cwd ? { cwd } : {}) });
    if (stdin !== undefined) closeSync(stdin);
    let [stdout, stderr] = ["", ""];
    child.stdout?.on("data", (chunk: Buffer) => {
      stdout += chunk;
    });
    child.stderr?.on("data", (chunk: Buffer) => {
      stderr += chunk;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? -1, stdout, stderr }));
  });
}

export function has(command: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${command}`]).status === 0;
}

/** Why a test cannot run here; false if it can. */
export function lacking(...commands: string[]): string | false {
  if (process.getuid?.() !== 0) return "needs root";
  const missing = commands.filter((command) => !has(command));
  return missing.length > 0 ? `needs ${missing.join(", ")}` : false;
}

/** A port of this machine that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
