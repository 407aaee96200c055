import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { temporaryFolder } from "../../test/support/folder.ts";
import { digestOf } from "../core/index.ts";
import { openStore, type Store } from "./store.ts";

/** Another process that runs `script` with the store as `store`; `said` is what it has printed when it first prints. */
async function another(t: TestContext, store: Store, script: string): Promise<{ child: ChildProcess; said: string }> {
  const program = `
    import { openStore } from ${JSON.stringify(join(import.meta.dirname, "store.ts"))};
    const store = openStore(${JSON.stringify(store.paths.root)});
    ${script}`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", program], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  const [said] = (await Promise.race([once(child.stdout, "data"), once(child, "close").then(() => [""])])) as [Buffer];
  return { child, said: String(said).trim() };
}

const newStore = (t: TestContext): Store => openStore(join(temporaryFolder(t), "store"));

/** Whether a promise is still pending after some time in which it could have settled. */
async function waits(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const settle = (): void => {
    settled = true;
  };
  void promise.then(settle, settle);
  await new Promise((resolve) => setTimeout(resolve, 150));
  return !settled;
}

test("a lock is one process's, until it lets go or dies", async (t) => {
  const store = newStore(t);
  const { child, said } = await another(
    t,
    store,
    `globalThis.held = await store.lock("x"); console.log("held"); process.stdin.resume();`,
  );
  assert.equal(said, "held");
  assert.equal(store.tryLock("x"), undefined);
  store.tryLock("another")?.[Symbol.dispose]();
  const waiting = store.lock("x");
  assert.ok(await waits(waiting));
  child.kill("SIGKILL");
  using _lock = await waiting;
});

test("sharers hold a lock together, and who wants it alone waits for all of them", async (t) => {
  const store = newStore(t);
  const { child } = await another(
    t,
    store,
    `globalThis.held = await store.shareLock("x"); console.log("held"); process.stdin.resume();`,
  );
  const mine = await store.shareLock("x");
  const alone = store.lock("x");
  assert.ok(await waits(alone));
  child.kill("SIGKILL");
  assert.ok(await waits(alone));
  mine[Symbol.dispose]();
  using lock = await alone;
  assert.equal(store.tryLock("x"), undefined);
  lock[Symbol.dispose]();
  // To let go twice does not take the lock from its next holder.
  using next = await store.lock("x");
  lock[Symbol.dispose]();
  assert.equal(store.tryLock("x"), undefined);
  next[Symbol.dispose]();
});

test("who waits for a lock can be called off, and holds nothing then", async (t) => {
  const store = newStore(t);
  const held = await store.lock("x");
  const controller = new AbortController();
  const waiting = store.lock("x", controller.signal);
  controller.abort();
  await assert.rejects(waiting, { name: "AbortError" });
  held[Symbol.dispose]();
  const free = store.tryLock("x");
  assert.ok(free);
  free[Symbol.dispose]();
});

test("processes that name images at the same time lose none of the names", async (t) => {
  const store = newStore(t);
  const descriptor = { mediaType: "m", digest: digestOf("x"), size: 1 };
  const script = (who: string): string => `
    console.log("ready");
    for (let i = 0; i < 5; i++) await store.images.tag(${JSON.stringify(descriptor)}, ["${who}:" + i]);`;
  const others = await Promise.all(["a", "b"].map((who) => another(t, store, script(who))));
  const ended = others.map(({ child }) => (child.exitCode === null ? once(child, "exit") : []));
  for (let i = 0; i < 5; i++) await store.images.tag(descriptor, [`mine:${i}`]);
  await Promise.all(ended);
  assert.equal(store.images.list().length, 15);
});

test("a maker that is killed leaves the lock to the next, and no half of a layer", async (t) => {
  const store = newStore(t);
  const id = digestOf("layer");
  const { child } = await another(
    t,
    store,
    `import { writeFileSync } from "node:fs";
     await store.layers.make(${JSON.stringify(id)}, [], async ({ folder }) => {
       writeFileSync(folder + "/half", "");
       process.stdin.resume();
       console.log("making");
       await new Promise(() => {});
     });`,
  );
  const making = store.layers.make(id, [], async () => undefined);
  assert.ok(await waits(making));
  child.kill("SIGKILL");
  await making;
  assert.equal(existsSync(join(store.layers.folder(id), "half")), false);
});
