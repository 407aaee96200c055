import type { Rule } from "../../rule.ts";
import { imageOf } from "../../stage-image.ts";
import { wildcard } from "../../wildcard.ts";

export const trustedRegistries: Rule = {
  name: "DL3026",
  description: "Images should come from a registry that the settings trust",
  advice: "The key trustedRegistries of .hadolint.yaml lists the registries that images may come from.",
  severity: "error",
  whole(file, around, tell) {
    const trusted = around.policy?.trustedRegistries ?? [];
    if (trusted.length === 0) return;
    for (const stage of file.stages) {
      const image = imageOf(stage, file, around);
      const registry = image?.registry ?? "docker.io";
      if (image && !trusted.some((one) => wildcard(one)(registry) || (registry === "docker.io" && one === "hub.docker.com")))
        tell(stage.from, `${registry} is none of the trusted registries: ${trusted.join(", ")}`);
    }
  },
};
