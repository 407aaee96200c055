/** `lint`: advice about Dockerfiles. */
import { existsSync } from "node:fs";
import type { LintSettings, Severity, Threshold } from "../../api/index.ts";
import {
  type FixedFile,
  fixFile,
  isFailure,
  type LintedFile,
  type LintFileOptions,
  lintFile,
  readLintSettings,
  slipwayVersion,
} from "../../api/index.ts";
import type { SourceText } from "../../core/index.ts";
import type { Call, Command } from "../command.ts";
import { badOptionValue, optionsExclude } from "../errors.ts";
import { variables } from "./build-values.ts";

const SEVERITIES = ["error", "warning", "info", "style"] as const;

/** `slipway lint`. */
export const command: Command = {
  usage: "[OPTIONS] [FILE...]",
  flags: [
    { name: "build-arg", kind: "list", help: "Value of a build argument" },
    {
      name: "config",
      short: "c",
      kind: "text",
      value: "FILE",
      help: "Settings file (default .hadolint.yaml of the working folder)",
    },
    { name: "context", kind: "text", value: "DIR", help: "The build context (default the folder of the file)" },
    { name: "dry-run", kind: "bool", help: "With --fix: show the difference and write nothing" },
    { name: "enable", kind: "words", value: "RULE", help: "Turn rules on that are off by default" },
    ...SEVERITIES.map((name) => ({ name, kind: "words", value: "RULE", help: `Treat these rules as ${name}` }) as const),
    {
      name: "failure-threshold",
      short: "t",
      kind: "text",
      help: 'Least severity that ends with 1 ("error", "warning", "info", "style", "none")',
    },
    { name: "fix", kind: "bool", help: "Mend the files where it is certain how" },
    {
      name: "format",
      short: "f",
      kind: "text",
      default: "tty",
      help: 'Form of the output ("tty", "json", "sarif", "github", "gitlab_codeclimate")',
    },
    { name: "ignore", kind: "words", value: "RULE", help: "Rules that are not wanted" },
    { name: "no-fail", kind: "bool", help: "End with 0 whatever is found" },
    { name: "target", kind: "text", help: "Look at this stage and what it needs, where a rule follows the build" },
    { name: "trusted-registry", kind: "list", help: "Registry that images may come from; * stands for any name" },
  ],
  arguments: { min: 0, max: Number.POSITIVE_INFINITY },
  errorPrefix: "",
  async run(call) {
    const { flags, console } = call;
    const { findingsOf, LINT_FORMATS } = await import("../lint-formats.ts");
    const render = LINT_FORMATS[flags.text("format") ?? ""];
    if (!render)
      throw badOptionValue("--format", flags.text("format") ?? "", `there are ${Object.keys(LINT_FORMATS).join(", ")}`);
    if (flags.bool("dry-run") && !flags.bool("fix")) throw optionsExclude("--dry-run is for --fix");
    const settings = await settingsOf(call);
    const files = call.args.length > 0 ? call.args : [defaultFile()];
    const results: LintedFile[] = [];
    for (const file of files) results.push(await lookAt(file, settings, call));
    // The mended text has stdout for itself.
    if (flags.bool("dry-run") || (flags.bool("fix") && files.includes("-"))) return 0;
    const findings = results.flatMap(findingsOf);
    console.print(render(findings, slipwayVersion()));
    return results.some((result) => isFailure(result, settings)) ? 1 : 0;
  },
};

/** With `--fix` the file is mended first. */
async function lookAt(name: string, settings: LintSettings, call: Call): Promise<LintedFile> {
  const { flags, console } = call;
  const context = flags.text("context");
  const target = flags.text("target");
  const options: LintFileOptions = {
    file: name === "-" ? await readAll(console.stdin) : name,
    ...(context === undefined ? {} : { context }),
    ...(target === undefined ? {} : { target }),
    buildArgs: variables(flags.list("build-arg"), console.env),
    settings,
    today: new Date().toISOString().slice(0, 10),
  };
  if (!flags.bool("fix")) return lintFile(options);
  const dryRun = flags.bool("dry-run");
  const result = await fixFile({ ...options, dryRun });
  await showFix(name, result, dryRun, call);
  return result;
}

/** The difference, the text of standard input, or how much was done. */
async function showFix(
  name: string,
  { before, source, done, created }: FixedFile,
  dryRun: boolean,
  { console }: Call,
): Promise<void> {
  if (dryRun) {
    const { unifiedDiff } = await import("../unified-diff.ts");
    console.print(unifiedDiff(source.name, before.text, source.text));
    for (const file of created) console.print(unifiedDiff(file.name, "", file.text));
  } else if (name === "-") console.print(source.text);
  else if (done.length > 0) console.error(`${name}: ${done.length} mended\n`);
}

async function settingsOf({ flags }: Call): Promise<LintSettings> {
  const severities = SEVERITIES.flatMap((severity) => flags.list(severity).map((name): [string, Severity] => [name, severity]));
  const threshold = flags.bool("no-fail") ? "none" : thresholdOf(flags.text("failure-threshold"));
  return readLintSettings(process.cwd(), flags.text("config"), {
    ignored: flags.list("ignore"),
    enabled: flags.list("enable"),
    severities: new Map(severities),
    trustedRegistries: flags.list("trusted-registry"),
    ...(threshold === undefined ? {} : { threshold }),
  });
}

function thresholdOf(text: string | undefined): Threshold | undefined {
  if (text === undefined) return undefined;
  if (text === "none" || text === "ignore") return "none";
  const known = SEVERITIES.find((severity) => severity === text);
  if (!known) throw badOptionValue("--failure-threshold", text, `there are ${SEVERITIES.join(", ")} and none`);
  return known;
}

function defaultFile(): string {
  return ["Dockerfile", "dockerfile", "Containerfile"].find((name) => existsSync(name)) ?? "Dockerfile";
}

async function readAll(stream: NodeJS.ReadableStream): Promise<SourceText> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return { name: "-", text: Buffer.concat(chunks).toString("utf8") };
}
