export {
  type Executor,
  type ExitStatus,
  type MountSpec,
  openExecutor,
  type ProcessIo,
  type ProcessSpec,
  type RootFs,
} from "./executor.ts";
export { parseUlimit, type Ulimit } from "./ulimit.ts";
export { homeOf, type Identity, resolveOwner, resolveUser } from "./users.ts";
