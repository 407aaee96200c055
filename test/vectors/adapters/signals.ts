import { signalNumber } from "../../../src/plan/index.ts";

export function answer({ signal }: { signal: string }): unknown {
  const number = signalNumber(signal);
  return number === undefined ? { error: `invalid signal: ${signal}` } : { number };
}
