/** What is otherwise in a step than in the step it was, field by field. Inputs and bases are not looked at. */
import { type Change, canonicalJson, isSecretName } from "../core/index.ts";
import type { CopyAction, RunMount, Step } from "../graph/index.ts";

/** How people call the fields of steps. */
const NAMES: Readonly<Record<string, string>> = {
  cwd: "working directory",
  pipes: "script",
  addHosts: "hosts",
  shmSizeBytes: "shared memory",
  dest: "destination",
};

/** The changes from one step to another of the same kind; empty if there are none. */
export function explainStep(before: Step, now: Step): Change[] {
  if (before.kind !== now.kind) return [{ kind: "step", what: "instruction" }];
  const changes: Change[] = [];
  for (const [field, was, is] of differing(before, now)) {
    if (field === "env") changes.push(...variables(was as readonly string[], is as readonly string[]));
    else if (field === "argv") changes.push(...command(was as readonly string[], is as readonly string[]));
    else if (field === "mounts") changes.push(...mounts(was as readonly RunMount[], is as readonly RunMount[]));
    else if (field === "actions") changes.push(...actions(was as readonly CopyAction[], is as readonly CopyAction[]));
    else changes.push(change(NAMES[field] ?? field, readable(field, was), readable(field, is)));
  }
  return changes;
}

/** The fields of which the values are not the same, with both values. */
function differing(before: object, now: object): [field: string, was: unknown, is: unknown][] {
  const [old, fresh] = [before, now] as unknown as [Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>];
  return [...new Set([...Object.keys(old), ...Object.keys(fresh)])]
    .filter((field) => canonicalJson(old[field] ?? null) !== canonicalJson(fresh[field] ?? null))
    .map((field) => [field, old[field], fresh[field]]);
}

function change(what: string, before?: string, now?: string): Change {
  return { kind: "step", what, ...(before === undefined ? {} : { before }), ...(now === undefined ? {} : { now }) };
}

/** Whether the difference between the steps lies in what they select of their inputs. */
export function selectsOtherwise(changes: readonly Change[]): boolean {
  const pattern = /^(source|from|mount|order of mounts)\b/;
  return changes.some((one) => one.kind === "step" && pattern.test(one.what));
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
  return changes.length > 0 ? changes : [change("order of variables")];
}

function pairs(env: readonly string[]): Map<string, string> {
  return new Map(env.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
}

/** A command in shell form is told without its shell, unless that is what changed. */
function command(before: readonly string[], now: readonly string[]): Change[] {
  const [was, is] = [shellForm(before), shellForm(now)];
  const changes: Change[] = [];
  if (was.shell !== is.shell) changes.push(change("shell", was.shell, is.shell));
  if (was.command !== is.command) changes.push(change("command", was.command, is.command));
  return changes.length > 0 ? changes : [change("command", JSON.stringify(before), JSON.stringify(now))];
}

function shellForm(argv: readonly string[]): { readonly shell?: string; readonly command: string } {
  const isShell = argv.length > 2 && /^(-\w*c|\/c)$/i.test(argv.at(-2) ?? "");
  return isShell ? { shell: argv.slice(0, -1).join(" "), command: argv.at(-1) ?? "" } : { command: argv.join(" ") };
}

function actions(before: readonly CopyAction[], now: readonly CopyAction[]): Change[] {
  const [was, is] = [before, now].map((all) => all.map(({ source }) => source).join(" "));
  if (was !== is || before.length !== now.length) return [change("source", was, is)];
  const changed = new Map<string, Change>();
  for (const [index, action] of now.entries()) {
    for (const [field, old, fresh] of differing(before[index] ?? {}, action)) {
      changed.set(field, change(field, readable(field, old), readable(field, fresh)));
    }
  }
  return [...changed.values()];
}

function mounts(before: readonly RunMount[], now: readonly RunMount[]): Change[] {
  const [was, is] = [before, now].map((all) => new Map(all.map((mount) => [nameOf(mount), mount]))) as [
    Map<string, RunMount>,
    Map<string, RunMount>,
  ];
  const changes = [...new Set([...was.keys(), ...is.keys()])].flatMap((name) => {
    const [old, fresh] = [was.get(name), is.get(name)];
    if (!old || !fresh) return [change(`mount ${name}`, old && described(old), fresh && described(fresh))];
    const fields = old.type === fresh.type ? differing(old, fresh) : [["type", old.type, fresh.type] as const];
    return fields.flatMap(([field, a, b]) => {
      if (field !== "input") return [change(`${field} of mount ${name}`, readable(field, a), readable(field, b))];
      // What stands at the place of the input is compared on its own.
      return a !== undefined && b !== undefined ? [] : [change(`from of mount ${name}`)];
    });
  });
  return changes.length > 0 ? changes : [change("order of mounts")];
}

function nameOf(mount: RunMount): string {
  return mount.target ?? (mount.type === "secret" ? mount.env : undefined) ?? mount.type;
}

function described(mount: RunMount): string {
  return "id" in mount && mount.id !== mount.target ? `${mount.type} ${mount.id}` : mount.type;
}

function readable(field: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (field === "pipes") return (value as readonly { content: string }[]).map(({ content }) => content).join("\n");
  if (typeof value === "number" && /mode$/i.test(field)) return value.toString(8).padStart(4, "0");
  return typeof value === "string" ? value : JSON.stringify(value);
}
