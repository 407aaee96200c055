/** The workbench of a call: where its store and its configuration are. */
import { openWorkbench, type RegistrySettings, type Workbench } from "../api/index.ts";
import type { Call } from "./command.ts";
import { readRegistrySettings } from "./registry-settings.ts";

/** Opens it. Throws STORE_TOO_NEW, STORE_INVALID, STORE_NOT_WRITABLE. */
export function openBench(call: Call): Workbench {
  return openWorkbench({ root: call.settings.root, registry: () => registrySettings(call) });
}

/** What is configured about registries. Throws CLIENT_CONFIG_INVALID. */
export function registrySettings({ settings, console }: Pick<Call, "settings" | "console">): RegistrySettings {
  return readRegistrySettings(settings.configFolder, console.env);
}
