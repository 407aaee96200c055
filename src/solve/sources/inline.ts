/** Files whose content stands in the Dockerfile. */
import { chmodSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { UNDATED_MS } from "../../core/index.ts";
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
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, content);
        chmodSync(file, 0o644);
        utimesSync(file, UNDATED_MS / 1000, UNDATED_MS / 1000);
      }
      return undefined;
    },
    signal,
  );
  return [key];
}
