import { SlipwayError } from "../../../src/core/index.ts";
import { parseGitReference } from "../../../src/plan/index.ts";

export function answer({ ref }: { ref: string }): unknown {
  try {
    return printed(ref);
  } catch (error) {
    if (error instanceof SlipwayError) return { git: false, error: error.message };
    throw error;
  }
}

function printed(ref: string): unknown {
  const found = parseGitReference(ref);
  if (!found) return { git: false };
  const { source, shortName, local, unencrypted } = found;
  return {
    git: !local,
    remote: local ? source.url.replace("https://", "") : source.url,
    shortName,
    ...(source.ref ? { ref: source.ref } : {}),
    ...(source.subdir ? { subdir: source.subdir } : {}),
    ...(source.checksum ? { checksum: source.checksum } : {}),
    ...(source.keepGitDir ? { keepGitDir: true } : {}),
    ...(source.submodules ? {} : { submodules: false }),
    ...(unencrypted ? { unencrypted } : {}),
    ...(local ? { indistinguishableFromLocal: true } : {}),
  };
}
