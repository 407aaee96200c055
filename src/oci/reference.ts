/** Image names: `registry.example:5000/team/tool:v3@sha256:…`, read and written as Docker does (distribution/reference). */
import { badDigest, badReference, nameNotLower, nameTooLong } from "./errors.ts";

/** A name with its registry spelled out. */
export interface Reference {
  /** `docker.io` where none was given; empty for a name such as `my_host.com/tool`, whose first part no host can have. */
  readonly domain: string;
  /** `library/alpine` for Docker's own images. */
  readonly path: string;
  readonly tag?: string;
  /** Of sha256, sha384 or sha512. */
  readonly digest?: string;
}

const HUB = "docker.io";
const LIBRARY = "library/";
const PATH = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const DOMAIN =
  /^(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?$/;
const TAG = /^[\w][\w.-]{0,127}$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
const KNOWN_DIGEST = /^(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$/;
const LONGEST_PATH = 255;

/** Throws REFERENCE_INVALID and REFERENCE_NOT_LOWERCASE. */
export function parseReference(text: string): Reference {
  if (/^[a-f0-9]{64}$/.test(text)) throw badReference(text, "64 hexadecimal digits are an ID, not a name");
  const { domain, rest } = splitDomain(text);
  const at = rest.indexOf("@");
  const digestText = at < 0 ? undefined : rest.slice(at + 1);
  const named = at < 0 ? rest : rest.slice(0, at);
  const colon = named.lastIndexOf(":");
  const tag = colon > named.lastIndexOf("/") ? named.slice(colon + 1) : undefined;
  const path = tag === undefined ? named : named.slice(0, colon);
  if (path !== path.toLowerCase() && PATH.test(path.toLowerCase())) throw nameNotLower(text, path);
  if (!PATH.test(path) || (domain !== "" && !DOMAIN.test(domain)) || (tag !== undefined && !TAG.test(tag)))
    throw badReference(text);
  if (path.length > LONGEST_PATH) throw nameTooLong(text, LONGEST_PATH);
  return { domain, path, ...(tag === undefined ? {} : { tag }), ...digestOf(text, digestText) };
}

function digestOf(text: string, digest: string | undefined): { digest?: string } {
  if (digest === undefined) return {};
  if (!DIGEST.test(digest)) throw badReference(text);
  if (!KNOWN_DIGEST.test(digest)) throw badDigest(text, digest);
  return { digest };
}

/** A first part with a dot or a colon, or `localhost`, or with an upper-case letter, is a registry. */
function splitDomain(text: string): { domain: string; rest: string } {
  const slash = text.indexOf("/");
  const first = slash < 0 ? "" : text.slice(0, slash);
  const isDomain = slash >= 0 && (/[.:]/.test(first) || first === "localhost" || first !== first.toLowerCase());
  if (isDomain && !DOMAIN.test(first) && PATH.test(first)) return { domain: "", rest: text };
  const domain = isDomain ? first : HUB;
  const rest = isDomain ? text.slice(slash + 1) : text;
  const hub = domain === "index.docker.io" ? HUB : domain;
  return { domain: hub, rest: hub === HUB && !rest.includes("/") ? LIBRARY + rest : rest };
}

/** The same name with `latest` where it has neither tag nor digest. */
export function withDefaultTag(reference: Reference): Reference {
  return reference.tag === undefined && reference.digest === undefined ? { ...reference, tag: "latest" } : reference;
}

/** Registry and path, nothing else. */
export function repositoryName({ domain, path }: Reference): string {
  return domain === "" ? path : `${domain}/${path}`;
}

/** The name in full. */
export function canonicalName(reference: Reference): string {
  return repositoryName(reference) + suffix(reference);
}

/** The name as people write it: without `docker.io/library/`. */
export function familiarName(reference: Reference): string {
  return familiarRepository(reference) + suffix(reference);
}

/** Registry and path as people write them. */
export function familiarRepository(reference: Reference): string {
  if (reference.domain !== HUB) return repositoryName(reference);
  const { path } = reference;
  return path.startsWith(LIBRARY) && !path.slice(LIBRARY.length).includes("/") ? path.slice(LIBRARY.length) : path;
}

function suffix({ tag, digest }: Reference): string {
  return `${tag === undefined ? "" : `:${tag}`}${digest === undefined ? "" : `@${digest}`}`;
}
