/** Content addresses: sha256 as the OCI image-spec writes it. */
import { createHash } from "node:crypto";

/** A content address, as the OCI image-spec writes it: `sha256:` and 64 lower-case hex digits. */
export type Digest = `sha256:${string}`;

const PATTERN = /^sha256:[0-9a-f]{64}$/;

/** Whether `text` is a sha256 digest in canonical form. */
export function isDigest(text: string): text is Digest {
  return PATTERN.test(text);
}

/** The 64 hex digits of a digest. */
export function hexOf(digest: Digest): string {
  return digest.slice("sha256:".length);
}

/** The digest of bytes, or of a text as UTF-8. */
export function digestOfBytes(bytes: Uint8Array | string): Digest {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** The digest of a value's canonical JSON, so that equal values have equal digests. */
export function digestOf(value: unknown): Digest {
  return digestOfBytes(canonicalJson(value));
}

/** JSON with the members of objects in order of name and without blanks; undefined members are left out. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, v: unknown) =>
    v && typeof v === "object" && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
      : v,
  );
}
