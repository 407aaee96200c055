/** A program that goes on when the one that started it has ended. */
import { spawn } from "node:child_process";
import type { Readable } from "node:stream";

/** What came of it: what it told on descriptor 3, or how it ended before it told anything. */
export type Detached = { readonly told: string } | { readonly code: number; readonly errors: string };

/** Starts it in a session of its own, without input and output, and waits until it closes descriptor 3. */
export function startDetached(words: readonly string[], env: Readonly<Record<string, string | undefined>>): Promise<Detached> {
  const [command = "", ...args] = words;
  const child = spawn(command, args, { detached: true, stdio: ["ignore", "ignore", "pipe", "pipe"], env });
  let [told, errors] = ["", ""];
  child.stderr?.on("data", (chunk: Buffer) => {
    errors += chunk;
  });
  const channel = child.stdio[3] as Readable;
  channel.on("data", (chunk: Buffer) => {
    told += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, errors }));
    channel.on("end", () => {
      if (told === "") return;
      child.stderr?.destroy();
      child.unref();
      resolve({ told });
    });
  });
}
