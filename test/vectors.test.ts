/**
 * Walks the language vectors: each file of VECTORS_DIR is answered by the adapter of its name.
 *
 * An error that is wanted must be one, at the wanted lines where the vector has them;
 * the words are slipway's own. What differs on purpose stands in differences.json.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

interface Case {
  readonly id: string;
  readonly want: Record<string, unknown>;
  readonly quirk?: string;
}
interface VectorFile {
  readonly document?: unknown;
  readonly cases: readonly Case[];
}
type Answer = (input: unknown, document: unknown) => unknown;

const here = join(import.meta.dirname, "vectors");
const shared = join(import.meta.dirname, "../../shared/vectors");
const folders = process.env["VECTORS_DIR"] ? [process.env["VECTORS_DIR"]] : [here, shared].filter(existsSync);
const differences = JSON.parse(readFileSync(join(here, "differences.json"), "utf8")) as Record<string, Record<string, string>>;

for (const folder of folders) {
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".json") && name !== "differences.json")) {
    const name = file.replace(/\.json$/, "");
    const adapter = join(here, "adapters", `${name}.ts`);
    const own = folder === here;
    test(`${own ? "" : "further "}${name} vectors`, { skip: existsSync(adapter) ? false : "no adapter yet" }, async () => {
      const { answer } = (await import(adapter)) as { answer: Answer };
      const { cases, document } = JSON.parse(readFileSync(join(folder, file), "utf8")) as VectorFile;
      const failures: string[] = [];
      for (const item of cases) {
        const got = await answered(answer, item, document);
        if (agree(item.want, got) || differences[name]?.[item.id]) continue;
        failures.push(`${item.id}\n    want ${show(item.want)}\n    got  ${show(got)}`);
      }
      const shown = failures.slice(0, Number(process.env["VECTORS_SHOWN"] ?? 10)).join("\n  ");
      assert.equal(failures.length, 0, `${failures.length} of ${cases.length} differ:\n  ${shown}`);
    });
  }
}

async function answered(answer: Answer, item: Case, document: unknown): Promise<unknown> {
  try {
    return await answer(structuredClone(item), document);
  } catch (error) {
    return {
      crashed: error instanceof Error ? `${error.name}: ${error.message} ${error.stack?.split("\n")[1] ?? ""}` : String(error),
    };
  }
}

/** Members of `want` that are absent mean none, false or empty. */
function agree(want: Record<string, unknown>, got: unknown): boolean {
  if ("error" in want && !("warnings" in want)) {
    const error = (got as { error?: unknown } | undefined)?.error;
    if (error === undefined) return false;
    const lines = (want["error"] as { lines?: unknown }).lines;
    const its = (error as { lines?: unknown }).lines;
    return lines === undefined || its === undefined || JSON.stringify(lines) === JSON.stringify(its);
  }
  try {
    assert.deepEqual(JSON.parse(JSON.stringify(got, wordless)), JSON.parse(JSON.stringify(want, wordless)));
    return true;
  } catch {
    return false;
  }
}

/** Of an error among other members only that it is one counts. */
function wordless(key: string, value: unknown): unknown {
  return key.endsWith("Error") ? true : value;
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 1500 ? `${text.slice(0, 1500)}…` : text;
}
