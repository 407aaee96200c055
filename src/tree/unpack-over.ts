/** ADD of an archive: its files laid over what is there. */
import { mkdirSync, mkdtempSync } from "node:fs";
import type { CompressionKind } from "./compress.ts";
import { directoryOverFile } from "./errors.ts";
import type { Target } from "./target.ts";
import { unpackArchive } from "./unpack.ts";
import { type Node, openView, type View } from "./view.ts";

/**
 * Unpacks into a folder of its own below `beside` first: what a hostile archive plants is
 * only ever resolved there. The folder must stay until the draft has become a layer.
 */
export async function unpackOver(options: {
  readonly file: string;
  readonly compression: CompressionKind;
  readonly dest: string;
  readonly target: Target;
  readonly beside: string;
}): Promise<void> {
  const { target, file, compression } = options;
  mkdirSync(options.beside, { recursive: true });
  const folder = mkdtempSync(`${options.beside}/`);
  await unpackArchive({ file, compression, folder });
  const view = openView({ kind: "layers", folders: [folder] });
  const root = view.lookup("");
  const path = target.resolve(options.dest);
  if (target.isFile(path)) throw directoryOverFile(`/${path}`);
  target.makeDirectory(path);
  if (root) putAll(view, root, path, target);
  target.nextAction();
}

function putAll(view: View, folder: Node, path: string, target: Target): void {
  for (const child of view.list(folder)) {
    const to = `${path === "" ? "" : `${path}/`}${child.path.slice(child.path.lastIndexOf("/") + 1)}`;
    if (child.stat.isDirectory()) {
      const real = target.resolve(to);
      target.makeDirectory(real, child, view);
      putAll(view, child, real, target);
    } else target.putFile(to, child, view, true);
  }
}
