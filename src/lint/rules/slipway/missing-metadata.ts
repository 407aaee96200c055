import type { Rule } from "../../rule.ts";

export const missingMetadata: Rule = {
  name: "MissingMetadata",
  code: "SW018",
  description: "An image should tell where it comes from",
  advice:
    "The labels of the OCI image specification (org.opencontainers.image.*) tell source, revision and licence of an image to tools and people.",
  severity: "info",
  experimental: true,
  whole({ stages }, _around, tell) {
    const last = stages.at(-1);
    if (!last) return;
    const keys = last.body.flatMap((line) =>
      line.kind === "LABEL" ? line.pairs.map(({ key }) => key.raw.replace(/["']/g, "")) : [],
    );
    const missing = WANTED.filter((name) => !keys.includes(`org.opencontainers.image.${name}`));
    if (missing.length > 0)
      tell(last.from, `labels are missing: ${missing.map((name) => `org.opencontainers.image.${name}`).join(", ")}`);
  },
};

const WANTED = ["source", "revision", "licenses"];
