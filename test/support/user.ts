/** Users of the machine who are not root, made for a test and removed after it. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { lacking, type Outcome, program, run } from "./slipway.ts";

/** Why no such user can run slipway here; false if one can. */
export function noUsers(...commands: string[]): string | false {
  const missing = lacking("useradd", "userdel", "setpriv", ...commands);
  if (missing) return missing;
  const seen = spawnSync("setpriv", ["--reuid", "65534", "--regid", "65534", "--clear-groups", "test", "-r", program]);
  if (seen.status !== 0) return `other users cannot read ${program}`;
  const made = spawnSync("setpriv", ["--reuid", "65534", "--regid", "65534", "--clear-groups", "unshare", "--user", "true"]);
  return made.status === 0 ? false : "this machine does not let its users make user namespaces";
}

export class User implements Disposable {
  readonly name: string;
  readonly home: string;
  readonly uid: number;

  /** `ranges`: whether it has further ids in /etc/subuid and /etc/subgid. */
  constructor(name: string, ranges: boolean) {
    this.name = name;
    this.home = join("/home", name);
    spawnSync("userdel", ["-r", name]);
    // System users get no ranges.
    const kind = ranges ? [] : ["--system"];
    const { status, stderr } = spawnSync("useradd", [...kind, "-m", "-d", this.home, name], { encoding: "utf8" });
    if (status !== 0) throw new Error(`user ${name} could not be made: ${stderr}`);
    this.uid = Number(spawnSync("id", ["-u", name], { encoding: "utf8" }).stdout);
  }

  /** Runs a command as this user in its home, with nothing of the environment but PATH, HOME and what is given. */
  run(words: readonly string[], env: readonly string[] = []): Promise<Outcome> {
    const ids = ["--reuid", this.name, "--regid", this.name, "--init-groups"];
    const path = ["/usr/local/bin:/usr/bin:/bin", join(process.execPath, "..")].join(":");
    return run(["setpriv", ...ids, "env", "-i", `HOME=${this.home}`, `PATH=${path}`, ...env, ...words], this.home);
  }

  slipway(words: readonly string[], env: readonly string[] = []): Promise<Outcome> {
    return this.run([process.execPath, program, ...words], env);
  }

  [Symbol.dispose](): void {
    spawnSync("userdel", ["-r", this.name]);
  }
}
