/** What is otherwise in a step than in the step it was, field by field. Inputs and bases are not looked at. */
import { type Change, canonicalJson, isSecretName } from "../core/index.ts";
import type { RunMount, Step } from "../graph/index.ts";

/** How people call the fields of steps. */
const NAMES: Readonly<Record<string, string>> = {
  argv: "command",
  cwd: "working directory",
  pipes: "script",
  addHosts: "hosts",
  shmSizeBytes: "shared memory",
  actions: "source",
  dest: "destination",
};

/** The changes from one step to another of the same kind; empty if there are none. */
export function explainStep(before: Step, now: Step): Change[] {
  if (before.kind !== now.kind) return [{ kind: "step", what: "instruction" }];
  const changes: Change[] = [];
  const [old, fresh] = [before, now] as unknown as Readonly<Record<string, unknown>>[];
  for (const field of new Set([...Object.keys(old ?? {}), ...Object.keys(fresh ?? {})])) {
    const [was, is] = [old?.[field], fresh?.[field]];
    if (canonicalJson(was ?? null) === canonicalJson(is ?? null)) continue;
    if (field === "env") changes.push(...variables(was as readonly string[], is as readonly string[]));
    else if (field === "mounts") changes.push(...mounts(was as readonly RunMount[], is as readonly RunMount[]));
    else changes.push({ kind: "step", what: NAMES[field] ?? field, ...text("before", field, was), ...text("now", field, is) });
  }
  return changes;
}

/** Whether the difference between the steps lies in what they select of their inputs. */
export function selectsOtherwise(changes: readonly Change[]): boolean {
  return changes.some((change) => change.kind === "step" && (change.what === "source" || change.what.startsWith("mount")));
}

function variables(before: readonly string[], now: readonly string[]): Change[] {
  const [was, is] = [pairs(before), pairs(now)];
  const changes: Change[] = [];
  for (const name of new Set([...was.keys(), ...is.keys()])) {
    const [old, fresh] = [was.get(name), is.get(name)];
    if (old === fresh) continue;
    if (isSecretName(name)) changes.push({ kind: "variable", name, hidden: true });
    else
      changes.push({
        kind: "variable",
        name,
        ...(old === undefined ? {} : { before: old }),
        ...(fresh === undefined ? {} : { now: fresh }),
      });
  }
  return changes.length > 0 ? changes : [{ kind: "step", what: "order of variables" }];
}

function pairs(env: readonly string[]): Map<string, string> {
  return new Map(env.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
}

function mounts(before: readonly RunMount[], now: readonly RunMount[]): Change[] {
  const name = (mount: RunMount): string => mount.target ?? (mount.type === "secret" ? mount.env : undefined) ?? mount.type;
  const [was, is] = [before, now].map((all) => new Map(all.map((mount) => [name(mount), canonicalJson(mount)])));
  const changed = [...new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])])].filter((key) => was?.get(key) !== is?.get(key));
  if (changed.length === 0) return [{ kind: "step", what: "mounts" }];
  return changed.map((key) => ({
    kind: "step",
    what: `mount ${key}`,
    ...(was?.has(key) ? { before: was.get(key) as string } : {}),
    ...(is?.has(key) ? { now: is.get(key) as string } : {}),
  }));
}

function text<K extends "before" | "now">(key: K, field: string, value: unknown): { [P in K]?: string } {
  if (value === undefined) return {};
  return { [key]: readable(field, value) } as { [P in K]?: string };
}

function readable(field: string, value: unknown): string {
  if (field === "argv") {
    const argv = value as readonly string[];
    return argv[1] === "-c" ? argv.slice(2).join(" ") : argv.join(" ");
  }
  if (field === "actions") return (value as readonly { source: string }[]).map(({ source }) => source).join(" ");
  if (field === "pipes") return (value as readonly { content: string }[]).map(({ content }) => content).join("\n");
  return typeof value === "string" ? value : JSON.stringify(value);
}
