export {
  type Cache,
  contentKey,
  type Ingredients,
  type Key,
  memoryCache,
  type ResultRecord,
  type Snapshot,
  storeCache,
} from "./cache.ts";
export { Forecast, type ForecastStep } from "./forecast.ts";
export { History } from "./history.ts";
export { type FailedRun, LocalWorker, type LocalWorkerOptions, statCachePath } from "./local-worker.ts";
export type { ToldStep } from "./match-steps.ts";
export type { Loans, SecretSource } from "./secrets.ts";
export { Solver } from "./solver.ts";
export { fetchGit, pinGit } from "./sources/git.ts";
export { fetchHttp, type HttpAnswer, type HttpGet, pinHttp } from "./sources/http.ts";
export { fetchBlob, fetchImage, layerOf, type OpenBlob, type Transfer } from "./sources/image.ts";
export { cacheMountName, type MountRecord } from "./steps/cache-mounts.ts";
export { type LayerOffer, namesOf, Supply, type TarRecord } from "./supply.ts";
export { accountsOf, type ContextFolder, foldersOf } from "./trees.ts";
export type { Job, StepJob, TreeId, Worker } from "./worker.ts";
