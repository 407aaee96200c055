/** Arguments that are there without being given: TARGETPLATFORM and its like. */
import { formatPlatform, type Platform } from "../oci/index.ts";
import type { PlanOptions } from "./options.ts";

/** Their names and values. A stage sees one only if it declares it. */
export function predefinedArgs(options: PlanOptions): [string, string][] {
  return [
    ...platformArgs("BUILD", options.buildPlatform),
    ...platformArgs("TARGET", options.platform),
    ["TARGETSTAGE", options.target ?? "default"],
  ];
}

function platformArgs(prefix: string, platform: Platform): [string, string][] {
  return [
    [`${prefix}PLATFORM`, formatPlatform(platform)],
    [`${prefix}OS`, platform.os],
    [`${prefix}ARCH`, platform.architecture],
    [`${prefix}VARIANT`, platform.variant ?? ""],
    [`${prefix}OSVERSION`, platform["os.version"] ?? ""],
  ];
}
