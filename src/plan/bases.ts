/** Images that stages begin with or take files from: each is looked up once. */
import { memo, SlipwayError, withPlace } from "../core/index.ts";
import type { SourceVertex } from "../graph/index.ts";
import { formatPlatform, type Platform, parseReference } from "../oci/index.ts";
import { badBase, type Place, withStageHint } from "./errors.ts";
import type { BaseImage, BaseImages } from "./options.ts";

export class Bases {
  readonly #images: BaseImages;
  readonly #found = new Map<string, Promise<BaseImage>>();
  readonly #vertices = new Map<string, SourceVertex>();

  constructor(images: BaseImages) {
    this.#images = images;
  }

  /** Finds an image; `stages` are names it may be a slip of the pen for, `why` tells what a variable of it lacks. Throws PLAN_BASE_INVALID and what the images reject with. */
  async find(
    name: string,
    platform: Platform,
    place: Place,
    stages: () => readonly string[],
    why?: () => string | undefined,
  ): Promise<BaseImage> {
    try {
      parseReference(name);
    } catch (error) {
      if (error instanceof SlipwayError) throw badBase(place, name, error, why?.());
      throw error;
    }
    try {
      const key = `${name} ${formatPlatform(platform)}`;
      return await memo(this.#found, key, () => this.#images.resolve(name, platform, place));
    } catch (error) {
      if (!(error instanceof SlipwayError)) throw error;
      throw withPlace(withStageHint(error, name, stages()), place.source, place.range);
    }
  }

  /** The image's files. `name` is its line in the progress display, unless another stage was first. */
  vertex(image: BaseImage, name: string, stage: string): SourceVertex {
    const { reference, manifest, platform, config } = image;
    const known = this.#vertices.get(manifest);
    if (known) return known;
    const vertex: SourceVertex = {
      source: {
        kind: "image",
        reference,
        manifest,
        platform: formatPlatform(platform),
        diffIds: config.rootfs?.diff_ids ?? [],
      },
      origin: { stage, name, ranges: [] },
    };
    this.#vertices.set(manifest, vertex);
    return vertex;
  }
}
