import { SlipwayError } from "../../../src/core/index.ts";
import { formatPlatform, matchPlatforms, normalizePlatform, parsePlatform, type Platform } from "../../../src/oci/index.ts";

const HOST: Platform = { os: "linux", architecture: "amd64" };

export function answer({ platform, target, candidates }: { platform: string; target?: string; candidates?: string[] }): unknown {
  try {
    if (target !== undefined) return { matching: matching(target, candidates ?? []) };
    const parsed = parsePlatform(platform, HOST);
    return { parsed: inCamel(parsed), normalized: inCamel(normalizePlatform(parsed)), format: formatPlatform(parsed), formatAll: formatAll(parsed) };
  } catch (error) {
    if (error instanceof SlipwayError) return { error: error.message };
    throw error;
  }
}

function matching(target: string, candidates: readonly string[]): string[] {
  const parsed = new Map(candidates.map((text) => [parsePlatform(text, HOST), text]));
  return matchPlatforms(parsePlatform(target, HOST), [...parsed.keys()]).map((one) => parsed.get(one) ?? "");
}

function formatAll(platform: Platform): string {
  const details = [platform["os.version"] ?? "", ...(platform["os.features"] ?? [])].join("+");
  return formatPlatform({ ...platform, os: details === "" ? platform.os : `${platform.os}(${details})` });
}

/** The vectors spell the members as Go does. */
function inCamel({ "os.version": osVersion, "os.features": osFeatures, ...rest }: Platform): object {
  return { ...rest, ...(osVersion ? { osVersion } : {}), ...(osFeatures ? { osFeatures } : {}) };
}
