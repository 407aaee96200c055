import type { Rule } from "../rule.ts";

export const invalidBaseImagePlatform: Rule = {
  name: "InvalidBaseImagePlatform",
  description: "Base image platform does not match expected target platform",
  advice: "Programs of another platform do not run, or run slowly.",
  base(from, { name, found, wanted }, tell) {
    if (withoutVariant(found) === withoutVariant(wanted)) return;
    tell(from, `Base image ${name} was pulled with platform "${found}", expected "${wanted}" for current build`);
  },
};

function withoutVariant(platform: string): string {
  return platform.split("/", 2).join("/");
}
