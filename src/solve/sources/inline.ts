/** Files whose content stands in the Dockerfile. */
import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Source } from "../../graph/index.ts";
import type { Store } from "../../store/index.ts";
import type { Key, Snapshot } from "../cache.ts";

type InlineSource = Extract<Source, { kind: "inline" }>;

/** Writes the files to a layer of their own, owned by root, with mode 0644. */
export async function fetchInline(store: Store, source: InlineSource, key: Key, signal: AbortSignal): Promise<Snapshot> {
  await store.layers.make(
    key,
    [],
    async ({ folder }) => {
      for (const { path, content } of source.files) {
        const file = join(folder, join("/", path));
        mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
        writeFileSync(file, content, { mode: 0o644 });
        const now = new Date();
        utimesSync(file, now, now);
      }
      return undefined;
    },
    signal,
  );
  return [key];
}
