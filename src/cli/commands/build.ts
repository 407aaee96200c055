/** `build`: an image from a Dockerfile. */
import { existsSync, writeFileSync } from "node:fs";
import { type BuildOptions, type BuildResult, build, type Output } from "../../api/index.ts";
import type { SourceText } from "../../core/index.ts";
import { canonicalName, parseReference } from "../../oci/index.ts";
import { openBench } from "../bench.ts";
import { proxyArguments, readClientConfig } from "../client-config.ts";
import type { Call, Command } from "../command.ts";
import { badOptionValue, fileFailed, notSupported, optionsExclude } from "../errors.ts";
import { failureHooks } from "../failed-shell.ts";
import { openProgress, progressMode } from "../progress.ts";
import { Trace } from "../progress-trace.ts";
import { failedSteps, warningList } from "../report.ts";
import { cacheSource, cacheTarget } from "./build-caches.ts";
import { BUILD_FLAGS, REFUSED, WITHOUT_ATTESTATIONS } from "./build-flags.ts";
import { annotations, output } from "./build-output.ts";
import {
  addHosts,
  contexts,
  entitlements,
  labels,
  limits,
  loans,
  network,
  noCacheFrom,
  platforms,
  pullPolicy,
  variables,
} from "./build-values.ts";
import { type Request, requestOf } from "./call-request.ts";

/** `slipway build`. */
export const command: Command = {
  usage: "[OPTIONS] PATH | URL | -",
  flags: BUILD_FLAGS,
  arguments: { min: 1, max: 1 },
  errorPrefix: "",
  async run(call) {
    const { console } = call;
    refuse(call);
    const mode = modeOf(call);
    const options = await optionsOf(call);
    const request = requestOf(call);
    if (request) return await ask(request, options, mode, call);
    if (call.flags.bool("dry-run")) {
      const { answerDryRun } = await import("./build-dry-run.ts");
      return await answerDryRun(options, mode === "rawjson", call);
    }
    const bench = openBench(call);
    const trace = new Trace();
    const display = openProgress(mode, trace, console);
    const hooks = failureHooks(call, display);
    let result: BuildResult;
    try {
      result = await build(bench, { ...options, ...hooks });
      display.end();
    } catch (error) {
      display.end();
      if (call.signal.aborted) console.error("error: canceled\n");
      else if (mode !== "rawjson") console.error(failedSteps(trace));
      throw error;
    }
    writeFacts(call, result);
    if (mode === "plain" || mode === "tty") console.error(warningList(result.warnings, result.source, call.settings.debug));
    const stdoutIsTaken = options.outputs?.some((one) => "dest" in one && one.dest === console.stdout);
    if (mode === "quiet" && !stdoutIsTaken) console.print(`${result.imageId}\n`);
    return 0;
  },
};

/** Asks about the file instead of building it. Displays that write no lines of their own are parted from the answer, as with buildx. */
async function ask(request: Request, options: BuildOptions, mode: string, call: Call): Promise<number> {
  const { answerCall } = await import("./build-call.ts");
  if (mode === "quiet" || mode === "tty") call.console.print("\n");
  return answerCall(request, options, call);
}

/** Flags that slipway does not have are refused; switching off what it does not have is fine. */
function refuse({ flags }: Call): void {
  for (const [name, hint] of Object.entries(REFUSED)) {
    if (!flags.has(name)) continue;
    if (name === "isolation" && flags.text(name) === "default") continue;
    if (name === "attest" && flags.list(name).every((text) => /(^|,)disabled=true(,|$)/.test(text))) continue;
    throw notSupported(`--${name}`, hint);
  }
  for (const name of ["provenance", "sbom"]) {
    const value = flags.text(name);
    if (value !== undefined && value !== "false" && value !== "0") throw notSupported(`--${name}`, WITHOUT_ATTESTATIONS);
  }
}

function modeOf({ flags, console }: Call): string {
  const asked = flags.text("progress");
  const quiet = flags.bool("quiet");
  if (quiet && asked !== undefined && asked !== "auto" && asked !== "quiet" && asked !== "none") {
    throw optionsExclude(`progress=${asked} and quiet cannot be used together`);
  }
  return progressMode(quiet ? "quiet" : asked, quiet, console);
}

/** Where the Dockerfile and the context are. */
async function contextOf({ flags, args, console }: Call): Promise<Pick<BuildOptions, "context" | "file" | "namedContexts">> {
  const context = args[0] ?? ".";
  const file = flags.text("file");
  if (context === "-" && file === "-")
    throw optionsExclude("invalid argument: can't use stdin for both build context and dockerfile");
  if (file && /^https?:\/\//.test(file)) throw notSupported("a Dockerfile by URL", "fetch it and pipe it in: -f -");
  const source = file === "-" ? await readAll(console.stdin) : file;
  return {
    context: context === "-" ? console.stdin : context,
    ...(source ? { file: source } : {}),
    namedContexts: contexts(flags.list("build-context")),
  };
}

async function optionsOf(call: Call): Promise<BuildOptions> {
  const { flags, console } = call;
  const stages = flags.list("no-cache-filter").flatMap((text) => text.split(","));
  const shmSize = flags.number("shm-size");
  const target = flags.text("target");
  const resources = limitsOf(call);
  const jobs = flags.number("jobs");
  if (jobs !== undefined && jobs < 1) throw badOptionValue("--jobs", String(jobs), "at least one step has to be at work");
  const buildArgs = proxyArguments(readClientConfig(call.settings.configFolder));
  const epoch = console.env["SOURCE_DATE_EPOCH"];
  if (epoch) buildArgs.set("SOURCE_DATE_EPOCH", epoch);
  for (const [name, value] of variables(flags.list("build-arg"), console.env)) buildArgs.set(name, value);
  return {
    ...(await contextOf(call)),
    tags: flags.list("tag"),
    buildArgs,
    labels: labels(flags.list("label")),
    ...(target ? { target } : {}),
    platforms: platforms(flags.list("platform"), console.env),
    noCache: flags.bool("no-cache") || (stages.length > 0 ? stages : false),
    noCacheFrom: noCacheFrom(flags.list("no-cache-from")),
    unset: flags.list("unset"),
    squash: flags.bool("squash"),
    pull: pullPolicy(flags.text("pull")),
    network: network(flags.text("network")),
    addHosts: addHosts(flags.list("add-host")),
    ...(shmSize ? { shmSizeBytes: shmSize } : {}),
    ulimits: flags.list("ulimit"),
    ...(jobs === undefined ? {} : { jobs }),
    ...(resources ? { limits: resources } : {}),
    allow: entitlements(flags.list("allow")),
    loans: loans(flags.list("secret"), flags.list("ssh"), console.env, existsSync),
    outputs: outputsOf(call),
    ...(flags.bool("rewrite-timestamp") ? { rewriteTimestamp: true } : {}),
    annotations: annotations(flags.list("annotation")),
    cacheFrom: flags.list("cache-from").map((text) => cacheSource(text)),
    cacheTo: flags.list("cache-to").map((text) => cacheTarget(text)),
    signal: call.signal,
  };
}

function limitsOf({ flags }: Call): BuildOptions["limits"] {
  return limits({
    memory: flags.number("memory"),
    memorySwap: flags.text("memory-swap"),
    cpus: flags.text("cpus"),
    cpuPeriod: flags.number("cpu-period"),
    cpuQuota: flags.number("cpu-quota"),
    cpuShares: flags.number("cpu-shares"),
    cpusetCpus: flags.text("cpuset-cpus"),
    cpusetMems: flags.text("cpuset-mems"),
    cgroupParent: flags.text("cgroup-parent"),
  });
}

/** Without `-o` the image goes into the store. The names of `-t` stand for those of the outputs. */
function outputsOf({ flags, console }: Call): Output[] {
  const outputs = flags.list("output").map((text) => output(text, console.stdout));
  const image = outputs.findIndex((one) => one.type === "image");
  const push = flags.bool("push");
  if (image < 0 && (outputs.length === 0 || flags.bool("load") || push))
    outputs.push({ type: "image", ...(push ? { push } : {}) });
  else if (push) outputs[image] = { ...(outputs[image] as Output & { type: "image" }), push };
  const nameless = outputs.some((one) => one.type === "image" && one.push && !one.names);
  if (nameless && flags.list("tag").length === 0) throw optionsExclude("tag is needed when pushing to registry");
  return outputs;
}

/** `--iidfile` and `--metadata-file`. */
function writeFacts({ flags }: Call, result: BuildResult): void {
  const iidFile = flags.text("iidfile");
  if (iidFile) write(iidFile, result.imageId);
  const metadataFile = flags.text("metadata-file");
  if (!metadataFile) return;
  const { descriptor, imageId, names } = result;
  const metadata = {
    ...(imageId === descriptor.digest ? {} : { "containerimage.config.digest": imageId }),
    "containerimage.descriptor": descriptor,
    "containerimage.digest": descriptor.digest,
    ...(names.length > 0 ? { "image.name": names.map((name) => canonicalName(parseReference(name))).join(",") } : {}),
  };
  write(metadataFile, `${JSON.stringify(metadata, null, 2)}\n`);
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw fileFailed(path, error as NodeJS.ErrnoException);
  }
}

async function readAll(stream: NodeJS.ReadableStream): Promise<SourceText> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return { name: "Dockerfile", text: Buffer.concat(chunks).toString("utf8") };
}
