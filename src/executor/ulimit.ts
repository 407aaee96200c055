/** `--ulimit type=soft[:hard]`. */
import { badUlimit } from "./errors.ts";

const RESOURCES: Readonly<Record<string, number>> = {
  cpu: 0,
  fsize: 1,
  data: 2,
  stack: 3,
  core: 4,
  rss: 5,
  nproc: 6,
  nofile: 7,
  memlock: 8,
  as: 9,
  locks: 10,
  sigpending: 11,
  msgqueue: 12,
  nice: 13,
  rtprio: 14,
  rttime: 15,
};

export interface Ulimit {
  /** The kernel's number of the resource. */
  readonly resource: number;
  /** -1 is without limit. */
  readonly soft: number;
  readonly hard: number;
}

/** Throws ULIMIT_INVALID. */
export function parseUlimit(text: string): Ulimit {
  const found = /^([a-z]+)=(-?\d+)(?::(-?\d+))?$/.exec(text);
  const resource = RESOURCES[found?.[1] ?? ""];
  if (!found || resource === undefined) throw badUlimit(text);
  const soft = Number(found[2]);
  const hard = found[3] === undefined ? soft : Number(found[3]);
  if (hard !== -1 && (soft > hard || soft === -1)) throw badUlimit(text);
  return { resource, soft, hard };
}

/** What a resource is called. */
export function ulimitName(resource: number): string {
  return Object.entries(RESOURCES).find(([, number]) => number === resource)?.[0] ?? String(resource);
}
