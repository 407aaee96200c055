export type { ResourceLimits } from "./cgroup.ts";
export type { Executor, ExitStatus, MountSpec, ProcessIo, ProcessSpec, RootFs, SendSignal } from "./contract.ts";
export { type Detached, startDetached } from "./detach.ts";
export { openExecutor } from "./executor.ts";
export { type OpenPorts, openPorts, type Publish, parsePublish } from "./publish.ts";
export { parseUlimit, type Ulimit } from "./ulimit.ts";
export { enterUserNamespace } from "./user-namespace.ts";
export { hasAccount, homeOf, type Identity, resolveOwner, resolveUser } from "./users.ts";
