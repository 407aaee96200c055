import { badOptionValue } from "./errors.ts";

/** The number of a build as it was written: `12`, or `#12` as progress writes steps. */
export function buildNumber(text: string): number {
  const digits = /^#?([1-9]\d*)$/.exec(text)?.[1];
  if (digits === undefined) throw badOptionValue("BUILD", text, "a build goes by its number: slipway builds lists them");
  return Number(digits);
}
