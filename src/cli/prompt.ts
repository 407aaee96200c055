/** Questions before something is removed. */
import { createInterface } from "node:readline/promises";
import type { Call } from "./command.ts";

/** Whether the answer is yes; end of input is a no. */
export async function confirmed({ console, signal }: Call, warning: string): Promise<boolean> {
  console.print(`WARNING! ${warning}\nAre you sure you want to continue? [y/N] `);
  const lines = createInterface({ input: console.stdin, signal });
  try {
    for await (const line of lines) return /^y(es)?$/i.test(line.trim());
    return false;
  } finally {
    lines.close();
  }
}
