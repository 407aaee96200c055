import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { type Digest, digestOf, SlipwayError } from "../core/index.ts";
import type { Descriptor } from "../oci/index.ts";
import type { Supply } from "../solve/index.ts";
import type { Store } from "../store/index.ts";
import { type ExportOptions, exportCache } from "./export.ts";
import { type CacheBody, EMPTY } from "./format.ts";
import type { OpenPlace } from "./place.ts";
import { readPlace } from "./read.ts";

/** A registry with one tag, where `onWrite` happens before the tag is written. */
class Tag {
  readonly #blobs = new Map<Digest, Uint8Array>();
  #top: Descriptor | undefined;

  place(onWrite: () => Promise<void> = async () => {}): OpenPlace {
    const source = {
      resolve: async (): Promise<Descriptor> => {
        if (this.#top) return this.#top;
        throw new SlipwayError("no such tag", { code: "REGISTRY_NOT_FOUND" });
      },
      open: async ({ digest }: Descriptor): Promise<Readable> => Readable.from([this.#blobs.get(digest)]),
    };
    const target = {
      has: async ({ digest }: Descriptor): Promise<boolean> => this.#blobs.has(digest),
      put: async ({ digest }: Descriptor, open: () => Readable): Promise<void> => {
        this.#blobs.set(digest, Buffer.concat(await open().toArray()));
      },
      putManifest: async (descriptor: Descriptor, bytes: Uint8Array): Promise<void> => {
        await onWrite();
        this.#blobs.set(descriptor.digest, bytes);
        this.#top = descriptor;
      },
    };
    return { name: "registry/cache", source, target, tag: "latest" };
  }

  async told(): Promise<string[]> {
    const { caches } = await readPlace(this.place(), new AbortController().signal);
    return caches.flatMap(({ body }) => body.results.map((one) => one.origin.name)).sort();
  }
}

/** What others wait for. */
class Moment {
  come: () => void = () => {};
  readonly reached: Promise<void> = new Promise((resolve) => {
    this.come = resolve;
  });
}

const cache = (name: string): CacheBody => ({
  ...EMPTY,
  results: [
    {
      key: digestOf(name),
      layers: [],
      from: { step: { kind: "merge" }, inputs: [] },
      origin: { stage: "s", name, ranges: [] },
      used: 100,
    },
  ],
});

const write = (place: OpenPlace, body: CacheBody, pause: () => Promise<void> = async () => {}): Promise<void> => {
  const options: ExportOptions = {
    compression: "gzip",
    reset: false,
    maxAgeDays: 30,
    now: 100 * 86_400_000,
    progress: () => {},
    id: "cache",
    signal: new AbortController().signal,
    pause,
  };
  return exportCache(place, body, {} as Store, {} as Supply, options);
};

test("a cache is added to what a tag has", async () => {
  const tag = new Tag();
  await write(tag.place(), cache("one"));
  await write(tag.place(), cache("two"));
  assert.deepEqual(await tag.told(), ["one", "two"]);
});

test("a cache that is written over by somebody who looked before is put back", async () => {
  const tag = new Tag();
  const [written, overwritten] = [new Moment(), new Moment()];
  // The slow one has looked and is about to write; meanwhile the fast one writes, and waits a while before it looks again.
  const looked = new Moment();
  const onWrite = async (): Promise<void> => {
    looked.come();
    await written.reached;
  };
  const slow = write(tag.place(onWrite), cache("slow"), async () => overwritten.come());
  await looked.reached;
  await write(tag.place(), cache("fast"), async () => {
    written.come();
    await overwritten.reached;
  });
  await slow;
  assert.deepEqual(await tag.told(), ["fast", "slow"]);
});
