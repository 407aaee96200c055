/** Images as `images` lists them: one for all its names, chosen by filters. */
import type { ImageSummary } from "../api/index.ts";
import { badOptionValue } from "./errors.ts";
import { parseFilters, parseTime } from "./filters.ts";
import { isBool, isTrue } from "./flag.ts";
import type { ListedImage } from "./image-rows.ts";

/** What of the list is wanted. */
export interface ImageChoice {
  /** `REPOSITORY[:TAG]` that must match exactly. */
  readonly name?: string | undefined;
  readonly filters: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const FILTERS = ["dangling", "label", "before", "since", "reference", "until"];

/** Throws FILTER_INVALID, OPTION_VALUE_INVALID. */
export function chooseImages(summaries: readonly ImageSummary[], choice: ImageChoice): ListedImage[] {
  const filters = parseFilters(choice.filters, FILTERS);
  const images = new Map<string, { first: ImageSummary; names: string[] }>();
  for (const summary of summaries) {
    const image = images.get(summary.descriptor.digest) ?? { first: summary, names: [] };
    images.set(summary.descriptor.digest, image);
    if (summary.name !== undefined) image.names.push(summary.name);
  }
  const listed = [...images.values()].map(({ first, names }) => ({
    image: listedImage(first, names),
    labels: first.config.config?.Labels ?? {},
  }));
  const times = listed.map(({ image }) => image);
  return listed
    .filter(({ image, labels }) => passes(image, labels, filters, times, choice.now))
    .flatMap(({ image }) => named(image, choice.name, filters.get("reference") ?? []));
}

function listedImage(first: ImageSummary, names: readonly string[]): ListedImage {
  const repositories = new Set(names.map((name) => name.slice(0, name.lastIndexOf(":"))));
  return {
    Id: first.id,
    RepoTags: names,
    RepoDigests: [...repositories].map((repository) => `${repository}@${first.descriptor.digest}`),
    Created: first.created ? Math.max(0, Math.trunc(Date.parse(first.created) / 1000)) : 0,
    Size: first.size,
    SharedSize: -1,
    Containers: -1,
  };
}

function passes(
  image: ListedImage,
  labels: Readonly<Record<string, string>>,
  filters: Map<string, string[]>,
  all: readonly ListedImage[],
  now: number,
): boolean {
  const dangling = filters.get("dangling")?.at(-1);
  if (dangling !== undefined && !isBool(dangling))
    throw badOptionValue("--filter dangling", dangling, "it must be true or false");
  if (dangling !== undefined && isTrue(dangling) !== (image.RepoTags.length === 0)) return false;
  const until = filters.get("until")?.at(-1);
  if (until !== undefined && image.Created * 1000 >= parseTime(until, now)) return false;
  for (const [name, later] of [
    ["before", false],
    ["since", true],
  ] as const) {
    for (const other of filters.get(name) ?? []) {
      const found = all.find((candidate) => isCalled(candidate, other));
      if (!found) throw badOptionValue(`--filter ${name}`, other, "there is no such image");
      if (later ? image.Created <= found.Created : image.Created >= found.Created) return false;
    }
  }
  return (filters.get("label") ?? []).every((label) => {
    const equals = label.indexOf("=");
    if (equals < 0) return Object.hasOwn(labels, label);
    return labels[label.slice(0, equals)] === label.slice(equals + 1);
  });
}

function isCalled(image: ListedImage, name: string): boolean {
  const tagged = /:[^/]*$/.test(name) ? name : `${name}:latest`;
  return image.RepoTags.includes(tagged) || image.Id.replace("sha256:", "").startsWith(name.replace("sha256:", ""));
}

/** The image with the names that match, or nothing if names were asked for and none does. */
function named(image: ListedImage, name: string | undefined, patterns: readonly string[]): ListedImage[] {
  if (name === undefined && patterns.length === 0) return [image];
  const RepoTags = image.RepoTags.filter(
    (tag) =>
      (name === undefined || matches(tag, name)) && (patterns.length === 0 || patterns.some((pattern) => matches(tag, pattern))),
  );
  return RepoTags.length > 0 ? [{ ...image, RepoTags }] : [];
}

/** Whether a familiar name matches `REPOSITORY[:TAG]`, in which `*` and `?` stay within one part of the path. */
function matches(tagged: string, pattern: string): boolean {
  const familiar = pattern.replace(/^docker\.io\/(library\/)?/, "").replace(/^library\//, "");
  const expression = new RegExp(
    `^${familiar
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replace(/\*+/g, "[^/]*")
      .replace(/\?/g, "[^/]")}$`,
  );
  return expression.test(tagged) || expression.test(tagged.slice(0, tagged.lastIndexOf(":")));
}
