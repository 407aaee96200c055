import { SlipwayError } from "../../../src/core/index.ts";
import { formatPlatform, matchPlatforms, normalizePlatform, parsePlatform, type Platform } from "../../../src/oci/index.ts";

const HOST: Platform = { os: "linux", architecture: "amd64" };

export function answer({ platform, target, candidates }: { platform: string; target?: string; candidates?: string[] }): unknown {
  try {
    if (target !== undefined) return { matching: matching(target, candidates ?? []) };
    const parsed = parsePlatform(platform, HOST);
    return { parsed, normalized: normalizePlatform(parsed), format: formatPlatform(parsed), formatAll: formatAll(parsed) };
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
  const version = platform["os.version"];
  return formatPlatform({ ...platform, os: version ? `${platform.os}(${version})` : platform.os });
}
