/** All that can go wrong while vertices are made. */
import { ProcessError, SlipwayError } from "../core/index.ts";

/** The process of a RUN ended with a code other than 0. The words are BuildKit's. */
export function runFailed(argv: readonly string[], exitCode: number): ProcessError {
  return new ProcessError(exitCode, `process "${argv.join(" ")}" did not complete successfully: exit code: ${exitCode}`, {
    code: "RUN_FAILED",
    hint: exitCodeHint(exitCode),
  });
}

function exitCodeHint(code: number): string | undefined {
  if (code === 126) return "the file is there but cannot be executed: is it a program, and is its x bit set?";
  if (code === 127) return "the program was not found: is it installed in this stage, and in PATH?";
  if (code === 137) return "the process was killed (SIGKILL), for example because memory ran out";
  return undefined;
}

/** A secret was asked for that nobody offered. */
export function secretMissing(id: string): SlipwayError {
  return new SlipwayError(`secret ${id}: not found`, {
    code: "SECRET_MISSING",
    hint: `offer it with --secret id=${id},src=FILE or ,env=NAME`,
  });
}

/** The file of a secret cannot be read. */
export function secretUnreadable(id: string, file: string, cause: unknown): SlipwayError {
  return new SlipwayError(`the file ${file} of secret ${id} cannot be read: ${(cause as Error).message}`, {
    code: "SECRET_UNREADABLE",
    cause,
  });
}

/** An SSH agent was asked for that nobody offered. */
export function sshMissing(id: string): SlipwayError {
  return new SlipwayError(`unset ssh forward key ${id}`, { code: "SSH_MISSING", hint: `offer it with --ssh ${id}` });
}

/** A mount of a RUN names a path that its source does not have. */
export function mountSourceMissing(path: string): SlipwayError {
  return new SlipwayError(`failed to compute cache key: "${path}": not found`, {
    code: "MOUNT_SOURCE_MISSING",
    hint: "check source= of the --mount, and what from= names",
  });
}

/** An image's config and manifest disagree about its layers. */
export function layersDisagree(reference: string, inConfig: number, inManifest: number): SlipwayError {
  return new SlipwayError(`${reference} has ${inManifest} layers, its config tells of ${inConfig}`, { code: "IMAGE_INVALID" });
}

/** A layer is not what the image's config says. */
export function wrongDiffId(reference: string, expected: string, actual: string): SlipwayError {
  return new SlipwayError(`a layer of ${reference} unpacks to ${actual}, not ${expected}`, {
    code: "DIFFID_MISMATCH",
    hint: "the image is damaged; nothing of the layer was kept",
  });
}

/** A layer's compression or kind is none that can be unpacked. */
export function unknownLayerType(mediaType: string): SlipwayError {
  return new SlipwayError(`layers of type ${mediaType} cannot be unpacked`, { code: "LAYER_TYPE_UNKNOWN" });
}

/** A download of ADD has another digest than its --checksum. */
export function checksumMismatch(url: string, expected: string, actual: string): SlipwayError {
  return new SlipwayError(`digest mismatch ${url}: ${actual}, expected ${expected}`, {
    code: "ADD_CHECKSUM_MISMATCH",
    hint: "the file changed since the --checksum was written, or the download was tampered with",
  });
}

/** A download of ADD failed. */
export function downloadFailed(url: string, reason: string, cause?: unknown): SlipwayError {
  return new SlipwayError(`${url} cannot be fetched: ${reason}`, { code: "ADD_DOWNLOAD_FAILED", cause });
}

/** A source that this version cannot fetch. */
export function foreignPlatform(platform: string, host: string): SlipwayError {
  return new SlipwayError(`RUN for ${platform} cannot run on ${host}: exec format error`, {
    code: "RUN_FOREIGN_PLATFORM",
    hint: "install an emulator: apt-get install qemu-user-static binfmt-support",
  });
}

/** The git program is not installed. */
export function gitMissing(): SlipwayError {
  return new SlipwayError("git repositories need the git program", {
    code: "GIT_MISSING",
    hint: "install it, for example: apt-get install git",
  });
}

/** git could not read the repository. */
export function gitFailed(url: string, reason: string): SlipwayError {
  return new SlipwayError(`the git repository ${withoutPassword(url)} cannot be read: ${reason}`, { code: "GIT_FAILED" });
}

/** The repository has no such branch, tag or commit. */
export function gitRefMissing(url: string, ref: string): SlipwayError {
  return new SlipwayError(`repository does not contain ref ${ref}: ${withoutPassword(url)}`, { code: "GIT_REF_MISSING" });
}

/** The repository has no such folder. */
export function gitSubdirMissing(url: string, subdir: string): SlipwayError {
  return new SlipwayError(`${withoutPassword(url)} has no folder ${subdir}`, { code: "GIT_SUBDIR_MISSING" });
}

/** The reference names another commit than the checksum. */
export function gitCheckoutMismatch(url: string, expected: string, actual: string): SlipwayError {
  return new SlipwayError(`expected checksum to match ${expected}, got ${actual}: ${withoutPassword(url)}`, {
    code: "GIT_CHECKSUM_MISMATCH",
  });
}

function withoutPassword(url: string): string {
  return url.replace(/\/\/[^/@]*@/, "//");
}
