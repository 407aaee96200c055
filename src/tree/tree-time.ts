import { lutimesSync, readdirSync } from "node:fs";

/** Gives a folder and all below it one time, in seconds since the epoch. */
export function setTreeTime(folder: string, seconds: number): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) setTreeTime(path, seconds);
    else lutimesSync(path, seconds, seconds);
  }
  lutimesSync(folder, seconds, seconds);
}
