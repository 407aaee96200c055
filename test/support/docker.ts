/** A real Docker Engine beside the tests, from scripts/peers.sh. It is stopped by scripts/test.mjs, when all tests are done. */
import { openSync } from "node:fs";
import { join } from "node:path";
import { lacking, type Outcome, run } from "./slipway.ts";

const script = join(import.meta.dirname, "../../scripts/peers.sh");

export interface Docker {
  /** Runs the docker command; `stdin` is a file. */
  docker(words: readonly string[], stdin?: string): Promise<Outcome>;
}

/** Docker Engine, started if it is not running; a reason if there can be none here. The first call takes minutes. */
export async function startDocker(): Promise<Docker | string> {
  const missing = lacking("mmdebstrap", "unshare");
  if (missing) return missing;
  const { code, stdout, stderr } = await run(["bash", script, "up"]);
  if (code !== 0) return stderr.trim();
  const socket = stdout.trim();
  return {
    docker: (words, stdin) =>
      run(
        ["bash", script, "enter", "docker", "-H", `unix://${socket}`, ...words],
        undefined,
        stdin ? openSync(stdin, "r") : undefined,
      ),
  };
}
