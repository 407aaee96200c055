/** Users of the machine who are not root, made for a test and removed after it. */
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lacking, type Outcome, program, run } from "./slipway.ts";

/** Why no such user can run slipway here; false if one can. */
export function noUsers(...commands: string[]): string | false {
  const missing = lacking("useradd", "userdel", "setpriv", ...commands);
  if (missing) return missing;
  const made = spawnSync("setpriv", ["--reuid", "65534", "--regid", "65534", "--clear-groups", "unshare", "--user", "true"]);
  return made.status === 0 ? false : "this machine does not let its users make user namespaces";
}

let opened: string | undefined;

/** The command where all users can run it: a copy, if the checkout is in a folder that only its owner may enter. */
export function openProgram(): string {
  opened ??= isOpen() ? program : copied();
  return opened;
}

function isOpen(): boolean {
  return spawnSync("setpriv", ["--reuid", "65534", "--regid", "65534", "--clear-groups", "test", "-r", program]).status === 0;
}

function copied(): string {
  const checkout = join(program, "../..");
  const folder = mkdtempSync(join(tmpdir(), "slipway-program-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  chmodSync(folder, 0o755);
  const { dependencies } = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8")) as { dependencies: object };
  const modules = readdirSync(join(checkout, "node_modules")).filter(
    (name) => name in dependencies || name.startsWith("@koromix"),
  );
  for (const part of ["bin", "dist", "package.json", ...modules.map((name) => `node_modules/${name}`)])
    cpSync(join(checkout, part), join(folder, part), { recursive: true, dereference: true });
  return join(folder, "bin/slipway");
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
    return this.run([process.execPath, openProgram(), ...words], env);
  }

  [Symbol.dispose](): void {
    spawnSync("userdel", ["-r", this.name]);
  }
}
