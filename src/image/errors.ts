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
