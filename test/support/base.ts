/** Base images for tests, made from Debian's packages and kept between runs. */
import { existsSync, mkdirSync, renameSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { run } from "./slipway.ts";

const cache: string = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "slipway-test");

/** The tar of a small Debian. */
export function debianTar(): Promise<string> {
  return made("debian-bookworm.tar", (file) => [
    "mmdebstrap",
    "--quiet",
    "--variant=minbase",
    "bookworm",
    file,
    "http://deb.debian.org/debian",
  ]);
}

/** The tar of a root file system that is busybox alone. */
export function busyboxTar(): Promise<string> {
  const script = join(import.meta.dirname, "../../scripts/busybox-base.sh");
  return made("busybox.tar", (file) => ["sh", "-c", `bash "$1" > "$2"`, "sh", script, file]);
}

async function made(name: string, command: (file: string) => string[]): Promise<string> {
  const target = join(cache, name);
  if (existsSync(target)) return target;
  mkdirSync(cache, { recursive: true });
  const temporary = join(cache, `${process.pid}-${name}`);
  const { code, stderr } = await run(command(temporary));
  if (code !== 0) throw new Error(`${name} could not be made: ${stderr.slice(-500)}`);
  renameSync(temporary, target);
  return target;
}
