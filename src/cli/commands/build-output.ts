/** `-o` and `--annotation` of `build`, from text to what the api takes. Paths stay as they were written. */
import { createWriteStream } from "node:fs";
import type { Writable } from "node:stream";
import type { Annotation, ImageOutput, Output } from "../../api/index.ts";
import { parsePlatform } from "../../oci/index.ts";
import { parseCsv } from "../csv.ts";
import { badOptionValue, destNeeded, notSupported } from "../errors.ts";
import { isTrue } from "../flag.ts";

const LEVELS: readonly string[] = ["manifest", "index", "manifest-descriptor", "index-descriptor"];
const COMPRESSIONS: Readonly<Record<string, ImageOutput["compression"]>> = { uncompressed: "none", gzip: "gzip", zstd: "zstd" };
const STRONGEST: Readonly<Record<string, number>> = { gzip: 9, zstd: 22 };
/** Options that say what slipway does anyway, or what has no meaning without a daemon. */
const WITHOUT_EFFECT = ["unpack", "buildinfo", "buildinfo-attrs", "prefer-nondist-layers"];
const OF_IMAGES = [
  "name",
  "compression",
  "compression-level",
  "force-compression",
  "oci-mediatypes",
  "rewrite-timestamp",
  ...WITHOUT_EFFECT,
];
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  image: ["push", "push-by-digest", "store", ...OF_IMAGES],
  registry: ["push", "push-by-digest", "store", ...OF_IMAGES],
  docker: ["dest", "tar", ...OF_IMAGES],
  oci: ["dest", "tar", ...OF_IMAGES],
  tar: ["dest", "platform-split"],
  local: ["dest", "platform-split"],
  cacheonly: [],
};

/** `-o`: what it writes. */
export function output(text: string, stdout: Writable): Output {
  const fields = fieldsOf(text);
  const type = fields.get("type");
  const dest = fields.get("dest");
  if (!type) throw badOptionValue("--output", text, "type is missing");
  const known = KNOWN[type];
  if (!known) throw badOptionValue("--output", text, "the types are local, tar, oci, docker, image, registry and cacheonly");
  for (const [key, value] of fields)
    if (key !== "type" && !known.includes(key) && !key.startsWith("annotation") && value !== "false")
      throw notSupported(`${key} of --output type=${type}`);
  if (type === "cacheonly") return { type };
  if (type === "local") {
    if (!dest) throw badOptionValue("--output", text, "dest is required for local");
    return { type, dest, ...split(fields) };
  }
  if (type === "tar") return { type, dest: destOf(type, dest, stdout), ...split(fields) };
  const form = formOf(fields, text);
  if (type === "oci" || (type === "docker" && dest !== undefined)) {
    const folder = fields.get("tar") === "false";
    if (folder && (dest === undefined || dest === "-"))
      throw badOptionValue("--output", text, "tar=false needs a folder as dest");
    return { type, dest: folder ? (dest ?? "") : destOf(type, dest, stdout), ...form, ...(folder ? { tar: false } : {}) };
  }
  return {
    type: "image",
    ...form,
    ...(type === "registry" || isTrue(fields.get("push") ?? "false") ? { push: true } : {}),
    ...(isTrue(fields.get("push-by-digest") ?? "false") ? { byDigest: true } : {}),
    ...(fields.get("store") === "false" ? { store: false } : {}),
  };
}

/** The fields by name; a bare value is a folder, or `-` for a tar. */
function fieldsOf(text: string): Map<string, string> {
  const parts = parseCsv(text);
  if (!parts) throw badOptionValue("--output", text, "the quotes do not match");
  const [first = ""] = parts;
  if (parts.length === 1 && !first.includes("="))
    return new Map([
      ["type", first === "-" ? "tar" : "local"],
      ["dest", first],
    ]);
  return new Map(
    parts.map((part) => {
      const equals = part.indexOf("=");
      const key = equals < 0 ? "" : part.slice(0, equals).trim();
      return [/^annotation/i.test(key) ? key : key.toLowerCase(), part.slice(equals + 1)];
    }),
  );
}

function formOf(fields: ReadonlyMap<string, string>, text: string): ImageOutput {
  const compression = fields.get("compression");
  if (compression === "estargz") throw notSupported("compression=estargz", "there are uncompressed, gzip and zstd");
  if (compression !== undefined && !COMPRESSIONS[compression])
    throw badOptionValue("--output", text, "compression is uncompressed, gzip or zstd");
  const level = fields.get("compression-level");
  const most = STRONGEST[compression ?? "gzip"] ?? 0;
  if (level !== undefined && (!/^\d+$/.test(level) || Number(level) > most))
    throw badOptionValue("--output", text, `compression-level is a number from 0 to ${most}`);
  const oci = fields.get("oci-mediatypes");
  const annotations = [...fields].flatMap(([key, value]) =>
    key.startsWith("annotation") ? annotationField(key, value, text) : [],
  );
  const names = (fields.get("name") ?? "").split(",").filter((name) => name !== "");
  return {
    ...(names.length > 0 ? { names } : {}),
    ...(compression ? { compression: COMPRESSIONS[compression] as "none" } : {}),
    ...(level === undefined ? {} : { compressionLevel: Number(level) }),
    ...(isTrue(fields.get("force-compression") ?? "false") ? { forceCompression: true } : {}),
    ...(oci === undefined ? {} : { ociMediaTypes: isTrue(oci) }),
    ...(isTrue(fields.get("rewrite-timestamp") ?? "false") ? { rewriteTimestamp: true } : {}),
    ...(annotations.length > 0 ? { annotations } : {}),
  };
}

/** `annotation[-LEVEL][[PLATFORM]].KEY`. */
function annotationField(key: string, value: string, text: string): Annotation {
  const [, level = "manifest", platform, name] = /^annotation(?:-([a-z-]+))?(?:\[([^\]]*)\])?\.(.+)$/.exec(key) ?? [];
  if (!name || !LEVELS.includes(level)) throw badOptionValue("--output", text, `${key} is no annotation`);
  return annotation(level, platform, name, value);
}

/** `[LEVEL[,LEVEL][PLATFORM]:]KEY=VALUE`; without a level it is the manifest's. */
export function annotations(texts: readonly string[]): Annotation[] {
  return texts.flatMap((text) => {
    const [, levels = "manifest", platform, key, value = ""] =
      /^(?:([a-z-]+(?:,[a-z-]+)*)(?:\[([^\]]*)\])?:)?([^=:][^=]*)=(.*)$/s.exec(text) ?? [];
    if (!key) throw badOptionValue("--annotation", text, "it must be KEY=VALUE");
    return levels.split(",").map((level) => {
      if (!LEVELS.includes(level)) throw badOptionValue("--annotation", text, `the levels are ${LEVELS.join(", ")}`);
      return annotation(level, platform, key, value);
    });
  });
}

function annotation(level: string, platform: string | undefined, key: string, value: string): Annotation {
  return { level: level as Annotation["level"], key, value, ...(platform ? { platform: parsePlatform(platform) } : {}) };
}

function split(fields: ReadonlyMap<string, string>): { platformSplit?: boolean } {
  const value = fields.get("platform-split");
  return value === undefined ? {} : { platformSplit: isTrue(value) };
}

/** A path stays a path: it is opened when there is something to write. */
function destOf(type: string, dest: string | undefined, stdout: Writable): string | Writable {
  if (dest === "-" || dest === undefined || dest === "") {
    if ((stdout as { isTTY?: boolean }).isTTY) throw destNeeded(type);
    return stdout;
  }
  return dest.startsWith("/dev/") ? createWriteStream(dest) : dest;
}
