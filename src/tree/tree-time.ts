import { lstatSync, lutimesSync, readdirSync } from "./host-files.ts";

/** Gives a folder and all below it one time, in seconds since the epoch. */
export function setTreeTime(folder: string, seconds: number): void {
  for (const name of readdirSync(folder)) {
    const path = `${folder}/${name}`;
    if (lstatSync(path).isDirectory()) setTreeTime(path, seconds);
    else lutimesSync(path, seconds, seconds);
  }
  lutimesSync(folder, seconds, seconds);
}
