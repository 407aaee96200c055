import type { Rule } from "../../rule.ts";

export const shellIgnoredElsewhere: Rule = {
  name: "ShellIgnoredElsewhere",
  code: "SW026",
  description: "SHELL, HEALTHCHECK and ONBUILD are not part of images in OCI format",
  advice:
    "The OCI image format has no place for them: Docker and slipway keep them as an extension, podman and buildah leave them out.",
  severity: "style",
  whole({ stages }, _around, tell) {
    const kinds = new Set<string>();
    for (const line of stages.at(-1)?.body ?? []) {
      if ((line.kind !== "SHELL" && line.kind !== "HEALTHCHECK" && line.kind !== "ONBUILD") || kinds.has(line.kind)) continue;
      kinds.add(line.kind);
      tell(line, `podman and buildah leave ${line.kind} out of images in OCI format`);
    }
  },
};
