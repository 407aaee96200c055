/** The rows of `images`, and their formats. */
import { formatAge, formatByteSize } from "../core/index.ts";
import { formatList, type ListShape, type Row } from "./list-format.ts";

/** An image with all its names, as docker's API lists it. */
export interface ListedImage {
  readonly Id: string;
  readonly RepoTags: readonly string[];
  readonly RepoDigests: readonly string[];
  /** Seconds since the epoch. */
  readonly Created: number;
  readonly Size: number;
  /** -1 if it is not known. */
  readonly SharedSize: number;
  /** -1 if it is not known. */
  readonly Containers: number;
}

export interface ImageListOptions {
  readonly format: string;
  readonly digests?: boolean;
  readonly quiet?: boolean;
  readonly noTrunc?: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const NONE = "<none>";
const SHAPE: ListShape = {
  typeName: "*formatter.imageContext",
  headers: {
    ID: "IMAGE ID",
    Repository: "REPOSITORY",
    Tag: "TAG",
    Digest: "DIGEST",
    CreatedSince: "CREATED",
    CreatedAt: "CREATED AT",
    Size: "SIZE",
    Containers: "CONTAINERS",
    VirtualSize: "SIZE",
    SharedSize: "SHARED SIZE",
    UniqueSize: "UNIQUE SIZE",
  },
};

/** The list as `docker images` prints it. Throws TEMPLATE_INVALID. */
export function renderImages(images: readonly ListedImage[], options: ImageListOptions): string {
  const format = formatOf(options);
  const needDigest = options.digests === true || format.includes("{{.Digest}}");
  return formatList(
    format,
    images.flatMap((image) => rowsOf(image, options, needDigest)),
    SHAPE,
  );
}

function formatOf({ format, digests, quiet }: ImageListOptions): string {
  if (format === "table" || format === "") {
    if (quiet) return "{{.ID}}";
    return `table {{.Repository}}\t{{.Tag}}\t${digests ? "{{.Digest}}\t" : ""}{{.ID}}\t{{.CreatedSince}}\t{{.Size}}`;
  }
  if (format === "raw") {
    if (quiet) return "image_id: {{.ID}}";
    const digest = digests ? "digest: {{.Digest}}\n" : "";
    return `repository: {{.Repository}}\ntag: {{.Tag}}\n${digest}image_id: {{.ID}}\ncreated_at: {{.CreatedAt}}\nvirtual_size: {{.Size}}\n`;
  }
  return format.startsWith("table") && digests && !format.includes("{{.Digest}}") ? `${format}\t{{.Digest}}` : format;
}

/** One row for each name; a digest without a tag has one of its own. */
function rowsOf(image: ListedImage, options: ImageListOptions, needDigest: boolean): Row[] {
  const tags = grouped(
    image.RepoTags.map((name) => [name.slice(0, name.lastIndexOf(":")), name.slice(name.lastIndexOf(":") + 1)]),
  );
  const digests = grouped(image.RepoDigests.map((name) => name.split("@", 2) as [string, string]));
  const rows: Row[] = [];
  const add = (repository: string, tag: string, digest: string): void => {
    rows.push(rowOf(image, repository, tag, digest, options));
  };
  for (const [repository, its] of tags) {
    const known = needDigest ? (digests.get(repository) ?? []) : [];
    for (const tag of its) for (const digest of known.length > 0 ? known : [NONE]) add(repository, tag, digest);
  }
  for (const [repository, its] of digests) {
    if (tags.has(repository)) continue;
    for (const digest of options.digests ? its : [""]) add(repository, NONE, digest);
  }
  if (rows.length === 0) add(NONE, NONE, NONE);
  return rows;
}

/** Values by repository, in its familiar form. */
function grouped(pairs: readonly (readonly [string, string])[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    const repository = name.replace(/^docker\.io\/(library\/)?/, "");
    groups.set(repository, [...(groups.get(repository) ?? []), value]);
  }
  return groups;
}

function rowOf(image: ListedImage, repository: string, tag: string, digest: string, options: ImageListOptions): Row {
  const size = (bytes: number): string => (bytes < 0 ? "N/A" : formatByteSize(bytes));
  return {
    ID: options.noTrunc ? image.Id : image.Id.replace(/^sha256:/, "").slice(0, 12),
    Repository: repository,
    Tag: tag,
    Digest: digest,
    CreatedSince: `${formatAge(Math.max(0, options.now / 1000 - image.Created))} ago`,
    CreatedAt: goTime(new Date(image.Created * 1000)),
    Size: formatByteSize(image.Size),
    Containers: image.Containers < 0 ? "N/A" : String(image.Containers),
    VirtualSize: formatByteSize(image.Size, 4),
    SharedSize: size(image.SharedSize),
    UniqueSize: image.SharedSize < 0 ? "N/A" : formatByteSize(image.Size - image.SharedSize),
  };
}

/** As Go prints a time: `2024-03-01 12:34:56 +0000 UTC`. */
export function goTime(time: Date): string {
  return `${time.toISOString().slice(0, 19).replace("T", " ")} +0000 UTC`;
}
