/** The workbench of a call: where its store and its configuration are. */
import { openWorkbench, type Workbench } from "../api/index.ts";
import type { Call } from "./command.ts";

/** Opens it. Throws STORE_TOO_NEW, STORE_INVALID, STORE_NOT_WRITABLE. */
export function openBench({ settings }: Call): Workbench {
  return openWorkbench({ root: settings.root, registry: { configFolder: settings.configFolder } });
}
