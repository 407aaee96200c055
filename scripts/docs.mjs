// Writes docs/cli.md, docs/errors.md and docs/rules.md from the sources: node --import tsx scripts/docs.mjs
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(import.meta.dirname, "..");

/** The generated pages by their path. */
export async function pages() {
  return { "docs/cli.md": await commandPage(), "docs/errors.md": errorPage(), "docs/rules.md": await rulePage() };
}

async function commandPage() {
  const { COMMANDS } = await import("../src/cli/command-list.ts");
  const { GLOBAL_FLAGS } = await import("../src/cli/settings.ts");
  const { flagHead, flagText } = await import("../src/cli/help.ts");
  const rows = (flags) =>
    flags
      .filter((flag) => !flag.hidden)
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((flag) => `| \`${flagHead(flag).trim()}\` | ${cell(flagText(flag))} |`);
  const table = (flags) => (rows(flags).length > 0 ? ["", "| Option | Meaning |", "|---|---|", ...rows(flags)] : []);
  const lines = [
    "# Commands",
    "",
    "Generated from the command tables by `scripts/docs.mjs`.",
    "",
    "## slipway",
    "",
    "`slipway [OPTIONS] COMMAND`",
    ...table(GLOBAL_FLAGS),
  ];
  for (const entry of COMMANDS) {
    const { command } = await entry.load();
    const [name, ...others] = entry.names;
    lines.push("", `## ${name}`, "", `${entry.summary}.`, "", `\`${`slipway ${name} ${command.usage}`.trim()}\``);
    if (others.length > 0) lines.push("", `Also: ${others.map((other) => `\`slipway ${other}\``).join(", ")}.`);
    lines.push(...table(command.flags));
  }
  return `${lines.join("\n")}\n`;
}

async function rulePage() {
  const { ALL_RULES } = await import("../src/lint/all-rules.ts");
  const { RUN_RULES } = await import("../src/lint/run-rules.ts");
  const groups = {
    "Rules of BuildKit": ({ name, code }) => code === undefined && !/^DL\d/.test(name),
    "Rules of slipway": ({ code }) => code !== undefined,
    "Rules of hadolint": ({ name }) => /^DL\d/.test(name),
    "Rules of ShellCheck": ({ name }) => /^SC\d/.test(name),
  };
  const lines = [
    "# Rules",
    "",
    "What `slipway lint` looks for; [lint.md](lint.md) tells how to use it. The rules of BuildKit are told after each build",
    "and by `build --check` as well; what only `run` or `build` can tell is marked. Generated from the rules by `scripts/docs.mjs`.",
  ];
  for (const [title, belongs] of Object.entries(groups)) {
    lines.push("", `## ${title}`);
    const rules = [...ALL_RULES, ...RUN_RULES].filter(belongs).sort((a, b) => ((a.code ?? a.name) < (b.code ?? b.name) ? -1 : 1));
    for (const rule of rules) lines.push("", ...ruleText(rule));
  }
  return `${lines.join("\n")}\n`;
}

function ruleText({ name, code, description, advice, severity = "warning", fixable, experimental, aliases = [], run, built }) {
  const facts = [
    severity,
    ...(run ? ["told by `run`"] : []),
    ...(built ? ["told by `build`"] : []),
    ...(fixable ? ["mended by `--fix`"] : []),
    ...(experimental ? ["off unless asked for"] : []),
    ...(aliases.length > 0 ? [`also ${aliases.join(", ")}`] : []),
  ];
  const sentence = description.replaceAll("<", "&lt;").replace(/\.$/, "");
  return [
    `### ${name}${code ? ` (${code})` : ""}`,
    "",
    `${sentence}. ${advice.replaceAll("<", "&lt;")}`,
    "",
    `*${facts.join(" · ")}*`,
  ];
}

function errorPage() {
  const src = join(root, "src");
  const lines = [
    "# Errors",
    "",
    "Every error has a code that stays the same over versions. Generated from the sources by `scripts/docs.mjs`.",
  ];
  for (const folder of readdirSync(src).sort()) {
    const found = folder === "core" ? new Map() : codesOf(join(src, folder, "errors.ts"));
    if (found.size === 0) continue;
    lines.push("", `## ${folder}`, "", "| Code | Meaning |", "|---|---|");
    for (const [code, text] of [...found].sort(([a], [b]) => (a < b ? -1 : 1))) lines.push(`| \`${code}\` | ${cell(text)} |`);
  }
  return `${lines.join("\n")}\n`;
}

/** Each code with the first sentence of what stands above its functions. */
function codesOf(file) {
  let text;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return new Map();
  }
  const codes = new Map();
  for (const [, comment, body] of text.matchAll(
    /\/\*\*((?:[^*]|\*(?!\/))*)\*\/\n(?=export (?:async )?function)([\s\S]*?)(?=\n\/\*\*|$(?![\s\S]))/g,
  )) {
    const sentence = comment
      .replace(/\n\s*\* ?/g, " ")
      .trim()
      .split(/(?<=\.) /)[0];
    for (const [, code] of body.matchAll(/(?:code: |, )"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)"/g)) {
      const known = codes.get(code);
      if (known === undefined) codes.set(code, sentence);
      else if (!known.includes(sentence)) codes.set(code, `${known} ${sentence}`);
    }
  }
  return codes;
}

function cell(text) {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replaceAll("\n", " ");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(join(root, "docs"), { recursive: true });
  for (const [path, text] of Object.entries(await pages())) writeFileSync(join(root, path), text);
}
