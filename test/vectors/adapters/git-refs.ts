import { parseGitReference } from "../../../src/plan/index.ts";

export function answer({ ref }: { ref: string }): unknown {
  const found = parseGitReference(ref);
  if (!found) return { git: false };
  const { source, shortName, local, unencrypted } = found;
  return {
    git: !local,
    remote: found.local ? source.url.replace("https://", "") : source.url,
    shortName,
    ...(source.ref ? { ref: source.ref } : {}),
    ...(source.subdir ? { subdir: source.subdir } : {}),
    ...(unencrypted ? { unencrypted } : {}),
    ...(local ? { indistinguishableFromLocal: true } : {}),
  };
}
