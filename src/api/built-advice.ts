/** Advice that needs what a build has made: its files, how long its steps took, and what other images have in common with it. */
import { posix } from "node:path";
import { SlipwayError } from "../core/index.ts";
import { hasAccount, homeOf, type Identity, resolveUser } from "../executor/index.ts";
import type { StepVertex } from "../graph/index.ts";
import type { BuiltImage, BuiltStep, BuiltUser, Linter, Warning } from "../lint/index.ts";
import { type Descriptor, familiarRepository, isIndexType, parseReference } from "../oci/index.ts";
import type { Plan } from "../plan/index.ts";
import { foldersOf, type Snapshot } from "../solve/index.ts";
import type { Store } from "../store/index.ts";
import { openView, ownerOf, type View } from "../tree/index.ts";
import type { Built } from "./described.ts";
import type { StepTimes } from "./step-times.ts";

/** Of each platform; advice that holds for several is given once. `names` are those of the image. */
export function builtAdvice(
  store: Store,
  built: readonly Built[],
  linters: readonly Linter[],
  times: StepTimes,
  names: readonly string[],
): readonly Warning[] {
  const warnings = new Map<string, Warning>();
  for (const [index, one] of built.entries()) {
    const steps = stepsOf(one.plan);
    // Who does the same again has been told before.
    if (steps.every(({ origin }) => times.secondsOf(origin.name) === undefined)) continue;
    const image = builtImage(store, one, steps, times, names);
    for (const warning of linters[index]?.built(image) ?? []) {
      const key = `${warning.rule} ${warning.message}`;
      if (!warnings.has(key)) warnings.set(key, warning);
    }
  }
  return [...warnings.values()];
}

/** The steps of the result's own layers, first to last. */
function stepsOf({ result }: Plan): StepVertex[] {
  const steps: StepVertex[] = [];
  for (let at = result; at && "step" in at; at = at.base) steps.unshift(at);
  return steps;
}

function builtImage(
  store: Store,
  { plan, snapshot }: Built,
  steps: readonly StepVertex[],
  times: StepTimes,
  names: readonly string[],
): BuiltImage {
  const lines = plan.history.filter(({ entry, fromBase }) => !fromBase && !entry.empty_layer);
  return {
    user: userOf(store, plan, snapshot),
    steps: steps.map(
      ({ step, origin }, index): BuiltStep => ({
        line: origin.ranges[0]?.start.line ?? 0,
        seconds: times.secondsOf(origin.name),
        history: lines[index]?.entry.created_by ?? "",
        copies: step.kind === "copy" || step.kind === "merge",
      }),
    ),
    sharedBy: (wanted) => {
      const own = plan.history.map(({ entry }) => entry.created_by ?? "");
      return repositoriesWith(store, wanted, own, names);
    },
  };
}

/** Undefined for root, and where files decide that nobody has looked at. */
function userOf(store: Store, plan: Plan, snapshot: Snapshot): BuiltUser | undefined {
  const { User: name = "", Env = [], Volumes = {} } = plan.config.config ?? {};
  if (name === "" || name === "0" || name === "root") return undefined;
  const laid = snapshot.filter((layer) => store.layers.has(layer));
  const changed = laid.length === snapshot.length ? [] : unlaid(plan, snapshot, laid);
  const isChanged = (path: string): boolean => changed?.some((dest) => touches(dest, path)) ?? true;
  if (isChanged("/etc/passwd") || isChanged("/etc/group")) return undefined;
  try {
    const view = openView({ kind: "layers", folders: foldersOf(store, laid) });
    const [passwd, group] = ["/etc/passwd", "/etc/group"].map((path) => view.readFile(path)?.toString("utf8"));
    const user = resolveUser(name, passwd, group);
    if (user.uid === 0) return undefined;
    const known = hasAccount(user.uid, passwd) ? homeOf(user.uid, passwd) : undefined;
    return {
      name,
      uid: user.uid,
      home: Env.find((pair) => pair.startsWith("HOME="))?.slice("HOME=".length) ?? known,
      volumes: Object.keys(Volumes).map((path) => posix.resolve("/", path)),
      canWrite: (folder) => (isChanged(folder) ? undefined : canWrite(view, folder, user)),
    };
  } catch (error) {
    // A user who is not there, a file that cannot be read: that is told where it matters.
    if (error instanceof SlipwayError) return undefined;
    throw error;
  }
}

/** Where a last COPY put its files, whose layer is a tar alone; undefined if other layers are not laid out either. */
function unlaid({ result }: Plan, snapshot: Snapshot, laid: Snapshot): readonly string[] | undefined {
  const isLast = laid.length === snapshot.length - 1 && laid.every((layer, index) => layer === snapshot[index]);
  return isLast && result && "step" in result && result.step.kind === "copy" ? [posix.resolve("/", result.step.dest)] : undefined;
}

/** Whether files that are put to `dest` can change whose the path is; what lies above may be made for them. The root is always there. */
function touches(dest: string, path: string): boolean {
  if (dest === "/" || dest === path) return true;
  return path.startsWith(`${dest}/`) || (path !== "/" && dest.startsWith(`${path}/`));
}

function canWrite(view: View, folder: string, { uid, gid, groups }: Identity): boolean {
  const node = view.lookup(view.resolve(folder));
  if (!node) return false;
  const owner = ownerOf(node.host, node.stat);
  const mode = Number(node.stat.mode);
  if (owner.uid === uid) return (mode & 0o300) === 0o300;
  if ([gid, ...groups].includes(owner.gid)) return (mode & 0o030) === 0o030;
  return (mode & 0o003) === 0o003;
}

/** Counts repositories, not tags: versions of an image are one image here. */
function repositoriesWith(store: Store, wanted: readonly string[], own: readonly string[], names: readonly string[]): number {
  const repositoryOf = (name: string): string => familiarRepository(parseReference(name));
  const mine = names.map(repositoryOf);
  const found = new Set<string>();
  for (const { name, descriptor } of store.images.list()) {
    const repository = name === undefined ? undefined : repositoryOf(name);
    if (repository === undefined || mine.includes(repository) || found.has(repository)) continue;
    const lines = historyOf(store, descriptor);
    const standsOnThis = own.every((line, index) => line === lines[index]);
    if (!standsOnThis && wanted.every((line) => lines.includes(line))) found.add(repository);
  }
  return found.size;
}

/** Empty where the image is not whole. */
function historyOf({ images }: Store, { mediaType, digest }: Descriptor): readonly string[] {
  try {
    const manifest = isIndexType(mediaType) ? images.index(digest).manifests[0]?.digest : digest;
    if (manifest === undefined) return [];
    return images.config(images.manifest(manifest).config.digest).history?.map((line) => line.created_by ?? "") ?? [];
  } catch (error) {
    if (error instanceof SlipwayError) return [];
    throw error;
  }
}
