/** All that can be wrong with names and platforms. The words are Docker's. */
import { SlipwayError } from "../core/index.ts";

/** What is written is no image name. */
export function badReference(text: string, reason?: string): SlipwayError {
  return new SlipwayError(`invalid reference format: ${JSON.stringify(text)}${reason ? `: ${reason}` : ""}`, {
    code: "REFERENCE_INVALID",
    hint: "a name is [registry[:port]/]repository[:tag][@digest], in lower case",
  });
}

/** A name has upper-case letters. */
export function nameNotLower(text: string, path: string): SlipwayError {
  return new SlipwayError(`invalid reference format: repository name (${path}) must be lowercase`, {
    code: "REFERENCE_NOT_LOWERCASE",
    hint: `did you mean ${text.toLowerCase()}?`,
  });
}

/** A name is too long. */
export function nameTooLong(text: string, longest: number): SlipwayError {
  return new SlipwayError(`repository name must not be more than ${longest} characters: ${text.slice(0, 40)}…`, {
    code: "REFERENCE_INVALID",
  });
}

/** A digest is of a kind that is not read. */
export function badDigest(text: string, digest: string): SlipwayError {
  return new SlipwayError(`invalid digest ${digest} in ${text}`, {
    code: "REFERENCE_INVALID",
    hint: "sha256: and 64 hexadecimal digits",
  });
}

/** What is written is no platform. */
export function badPlatform(text: string, reason: string): SlipwayError {
  return new SlipwayError(`failed to parse platform ${text}: ${JSON.stringify(text)}: ${reason}`, {
    code: "PLATFORM_INVALID",
    hint: "such as linux/amd64, linux/arm64 or linux/arm/v7",
  });
}
