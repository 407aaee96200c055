export { type Cache, type Ingredients, type Key, type Snapshot, storeCache } from "./cache.ts";
export { LocalWorker, type LocalWorkerOptions, statCachePath } from "./local-worker.ts";
export type { Loans, SecretSource } from "./secrets.ts";
export { Solver } from "./solver.ts";
export { fetchGit, pinGit } from "./sources/git.ts";
export type { HttpAnswer, HttpGet } from "./sources/http.ts";
export { fetchBlob, fetchImage, layerOf, type OpenBlob, type Transfer } from "./sources/image.ts";
export { accountsOf, type ContextFolder, foldersOf } from "./trees.ts";
export type { Job, StepJob, TreeId, Worker } from "./worker.ts";
