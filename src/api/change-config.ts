/** Lines of `--change` (import, commit): Dockerfile instructions that change a config and no file. */
import type { SourceText } from "../core/index.ts";
import { parseDockerfile } from "../dockerfile/index.ts";
import type { ContainerConfig } from "../oci/index.ts";
import { planConfig } from "../plan/index.ts";

/** Throws DOCKERFILE_* and PLAN_* with the line as the place. */
export function changeConfig(config: ContainerConfig, changes: readonly string[]): ContainerConfig {
  if (changes.length === 0) return config;
  const source: SourceText = { name: "--change", text: `FROM scratch\n${changes.join("\n")}\n` };
  return planConfig(parseDockerfile(source), config);
}
