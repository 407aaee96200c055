/** `--cache-from` and `--cache-to`: places of caches, written as buildx writes them. */
import { resolve } from "node:path";
import type { CachePlace, CacheTarget } from "../../api/index.ts";
import { type Digest, isDigest } from "../../core/index.ts";
import { parsePairs } from "../csv.ts";
import { badOptionValue, notSupported } from "../errors.ts";
import { isBool, isTrue } from "../flag.ts";

/** A reference alone, or `type=registry,ref=`, `type=local,src=[,tag=][,digest=]`. */
export function cacheSource(text: string): CachePlace {
  const fields = fieldsOf("--cache-from", text, ["src", "tag", "digest", "ref"]);
  return placeOf("--cache-from", text, fields, "src");
}

/** `type=inline`, a reference alone, `type=registry,ref=` or `type=local,dest=`, with what goes along. */
export function cacheTarget(text: string): CacheTarget {
  const option = "--cache-to";
  const known = ["dest", "tag", "ref", "mode", "mounts", "compression", "force-compression", "reset", "max-age", "ignore-error"];
  const fields = fieldsOf(option, text, [...known, "image-manifest", "oci-mediatypes"]);
  if (fields.get("type") === "inline") return { type: "inline" };
  const mode = fields.get("mode") ?? "min";
  if (mode !== "min" && mode !== "max") throw badOptionValue(option, text, "mode is min or max");
  const compression = fields.get("compression") ?? "gzip";
  if (compression !== "gzip" && compression !== "zstd" && compression !== "uncompressed")
    throw badOptionValue(option, text, "compression is gzip, zstd or uncompressed");
  const flag = (name: string, fallback: boolean): boolean => {
    const value = fields.get(name) ?? String(fallback);
    if (!isBool(value)) throw badOptionValue(option, text, `${name} is true or false`);
    return isTrue(value);
  };
  if (!flag("image-manifest", true) || !flag("oci-mediatypes", true))
    throw notSupported("a cache that is no OCI image manifest", "leave image-manifest and oci-mediatypes out");
  const days = /^(\d+)d?$/.exec(fields.get("max-age") ?? "30")?.[1];
  if (!days) throw badOptionValue(option, text, "max-age is a number of days");
  return {
    ...placeOf(option, text, fields, "dest"),
    mode,
    compression: compression === "uncompressed" ? "none" : compression,
    mounts: flag("mounts", false),
    reset: flag("reset", false),
    ignoreError: flag("ignore-error", false),
    maxAgeDays: Number(days),
  };
}

function fieldsOf(option: string, text: string, known: readonly string[]): ReadonlyMap<string, string> {
  const pairs = parsePairs(text);
  if (!pairs || pairs.length === 0) throw badOptionValue(option, text, "the quotes do not match");
  if (pairs.length === 1 && pairs[0]?.[0] === "") {
    return new Map([
      ["type", "registry"],
      ["ref", text],
    ]);
  }
  const fields = new Map(pairs);
  const type = fields.get("type");
  if (!type) throw badOptionValue(option, text, "type is missing");
  if (["gha", "s3", "azblob"].includes(type)) {
    throw notSupported(
      `${option} type=${type}`,
      type === "gha"
        ? "write type=local,dest=FOLDER and keep the folder with actions/cache, or use type=registry"
        : "write type=local,dest=FOLDER and copy the folder, or use type=registry",
    );
  }
  const types = option === "--cache-to" ? ["registry", "local", "inline"] : ["registry", "local"];
  if (!types.includes(type)) throw badOptionValue(option, text, `the types are ${types.join(", ")}`);
  for (const key of fields.keys()) {
    if (key !== "type" && !known.includes(key)) throw badOptionValue(option, text, `${key || "a field without ="} is not known`);
  }
  return fields;
}

function placeOf(option: string, text: string, fields: ReadonlyMap<string, string>, pathField: string): CachePlace {
  const missing = (name: string): Error => badOptionValue(option, text, `${name} is missing`);
  if (fields.get("type") === "registry") {
    const ref = fields.get("ref");
    if (!ref) throw missing("ref");
    return { type: "registry", ref };
  }
  const path = fields.get(pathField);
  if (!path) throw missing(pathField);
  const tag = fields.get("tag");
  const digest = fields.get("digest");
  if (digest && !isDigest(digest)) throw badOptionValue(option, text, "digest is none");
  return { type: "local", path: resolve(path), ...(tag ? { tag } : {}), ...(digest ? { digest: digest as Digest } : {}) };
}
