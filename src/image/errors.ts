/** All that can be wrong with archives of images. */
import { SlipwayError } from "../core/index.ts";

/** A tar holds no image. */
export function archiveNoImage(file: string): SlipwayError {
  return new SlipwayError(`${file} holds no image: neither index.json nor manifest.json says which`, {
    code: "ARCHIVE_NO_IMAGE",
    hint: "a root file system goes in with: slipway import",
  });
}

/** A tar lacks a file that it names. */
export function archiveIncomplete(what: string): SlipwayError {
  return new SlipwayError(`the archive lacks ${what}`, { code: "ARCHIVE_INCOMPLETE", hint: "save the image again" });
}

/** A folder is no OCI image layout. */
export function layoutInvalid(folder: string): SlipwayError {
  return new SlipwayError(`${folder} is no OCI image layout: it has no index.json`, { code: "LAYOUT_INVALID" });
}

/** A layout has no image of this tag or digest. */
export function layoutWithout(folder: string, wanted: string, there: readonly string[]): SlipwayError {
  return new SlipwayError(`the OCI image layout ${folder} has no image ${wanted}`, {
    code: "LAYOUT_IMAGE_MISSING",
    hint: there.length > 0 ? `it has ${there.slice(0, 5).join(", ")}` : "it is empty",
  });
}
