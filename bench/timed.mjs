// Wall time and peak memory of a command.
import { spawnSync } from "node:child_process";

// The kernel's own account, told by a process whose only child is the command.
const SCRIPT = `
import resource, subprocess, sys, time
start = time.time()
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
print(done.returncode, time.time() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.stderr.buffer.write(done.stderr[-2000:])
`;

// Certificates of its own cost Node.js a tenth of a second at start-up and have nothing to do with the work.
const { NODE_EXTRA_CA_CERTS: _, ...environment } = process.env;
export const env = environment;

/** Throws if the command fails. Peak memory is 0 where there is no python3. */
export function timed([command, ...words]) {
  const python = spawnSync("python3", ["-c", SCRIPT, command, ...words], { env, encoding: "utf8" });
  if (python.error) {
    const start = process.hrtime.bigint();
    must([command, ...words]);
    return { seconds: Number(process.hrtime.bigint() - start) / 1e9, peakMiB: 0 };
  }
  const [code, seconds, peakKiB] = python.stdout.trim().split(" ").map(Number);
  if (code !== 0) throw new Error(`${command} ${words.join(" ")} ended with ${code}: ${python.stderr}`);
  return { seconds, peakMiB: peakKiB / 1024 };
}

export function must([command, ...words]) {
  const { status, stderr, stdout, error } = spawnSync(command, words, { env, encoding: "utf8", maxBuffer: 1 << 26 });
  if (status !== 0) throw new Error(`${command} ${words.join(" ")} ended with ${status ?? error}: ${stderr}`);
  return stdout;
}

export function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
