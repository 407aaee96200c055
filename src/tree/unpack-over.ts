/** ADD of an archive: its files laid over what is there. */
import { mkdirSync, rmSync } from "node:fs";
import type { CompressionKind } from "./compress.ts";
import { directoryOverFile } from "./errors.ts";
import type { Target } from "./target.ts";
import { unpackArchive } from "./unpack.ts";
import { type Node, openView, type View } from "./view.ts";

/** Unpacks beside the layer first: what a hostile archive plants is only ever resolved in a folder of its own. */
export async function unpackOver(options: {
  file: string;
  compression: CompressionKind;
  dest: string;
  target: Target;
}): Promise<void> {
  const { target } = options;
  const folder = target.beside();
  mkdirSync(folder);
  try {
    await unpackArchive({ file: options.file, compression: options.compression, folder });
    const view = openView({ kind: "layers", folders: [folder] });
    const root = view.lookup("");
    const path = target.resolve(options.dest);
    if (target.isFile(path)) throw directoryOverFile(`/${path}`);
    target.makeDirectory(path);
    if (root) putAll(view, root, path, target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
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
