/** All that can be wrong with files, archives and patterns. */
import { SlipwayError } from "../core/index.ts";

/** A tar is not what a tar must be. */
export function tarDamaged(reason: string): SlipwayError {
  return new SlipwayError(`the tar archive is damaged: ${reason}`, { code: "TAR_DAMAGED" });
}

/** An image archive has a sparse file in one of GNU's forms. */
export function tarSparse(path: string): SlipwayError {
  return new SlipwayError(`the tar archive holds the sparse file ${path}, a form that is not read here`, {
    code: "TAR_SPARSE",
    hint: "make the archive without --sparse",
  });
}

/** An entry would be written outside of where it belongs. */
export function entryEscapes(path: string, reason: string): SlipwayError {
  return new SlipwayError(`the archive's entry ${JSON.stringify(path)} leaves its folder: ${reason}`, {
    code: "ARCHIVE_ENTRY_ESCAPES",
    hint: "the archive is broken or hostile; nothing was written outside",
  });
}

/** An entry cannot become a file. */
export function entryUnwritable(path: string, reason: string, cause?: unknown): SlipwayError {
  return new SlipwayError(`the archive's entry ${JSON.stringify(path)} cannot be unpacked: ${reason}`, {
    code: "ARCHIVE_ENTRY_UNWRITABLE",
    cause,
  });
}

/** A hard link names what is not there. */
export function linkTargetMissing(path: string, target: string): SlipwayError {
  return new SlipwayError(
    `the archive's entry ${JSON.stringify(path)} is a hard link to ${JSON.stringify(target)}, which is not there`,
    {
      code: "ARCHIVE_LINK_MISSING",
    },
  );
}

/** Compressed bytes cannot be read. */
export function compressionDamaged(kind: string, cause: unknown): SlipwayError {
  return new SlipwayError(`the ${kind} data is damaged: ${(cause as Error).message}`, { code: "COMPRESSION_DAMAGED", cause });
}

/** Neither this Node.js nor the machine has what unpacks it. */
export function decompressorMissing(kind: string, program: string): SlipwayError {
  return new SlipwayError(`${kind} data needs the program ${program}`, {
    code: "DECOMPRESSOR_MISSING",
    hint: `install it${kind === "zstd" ? ", or use Node.js 22.15 or newer" : ""}: apt-get install ${program === "xz" ? "xz-utils" : program}`,
  });
}

/** Neither this Node.js nor the machine has what packs it. */
export function compressorMissing(program: string): SlipwayError {
  return new SlipwayError(`compression=${program} needs the program ${program}`, {
    code: "COMPRESSOR_MISSING",
    hint: `install it, or use Node.js 22.15 or newer: apt-get install ${program}`,
  });
}

/** The source of a COPY or ADD is not there. The words are BuildKit's. */
export function copySourceMissing(path: string, hint: string | undefined): SlipwayError {
  return new SlipwayError(`failed to compute cache key: "${path}": not found`, { code: "COPY_SOURCE_MISSING", hint });
}

/** A file is where a directory is needed. */
export function notADirectory(path: string): SlipwayError {
  return new SlipwayError(`mkdir ${path}: not a directory`, { code: "COPY_NOT_A_DIRECTORY", hint: "a file is in the way" });
}

/** A directory would replace a file. */
export function directoryOverFile(path: string): SlipwayError {
  return new SlipwayError(`cannot copy to non-directory: ${path}`, { code: "COPY_DIRECTORY_OVER_FILE" });
}

/** A file would replace a directory. */
export function fileOverDirectory(path: string): SlipwayError {
  return new SlipwayError(`cannot replace to directory ${path} with file`, { code: "COPY_FILE_OVER_DIRECTORY" });
}

/** Symbolic links go in a circle. */
export function linksWithoutEnd(path: string): SlipwayError {
  return new SlipwayError(`${path}: too many levels of symbolic links`, { code: "PATH_LINK_LOOP" });
}

/** A pattern that is none. */
export function badPattern(pattern: string): SlipwayError {
  return new SlipwayError(`syntax error in pattern ${JSON.stringify(pattern)}`, {
    code: "PATTERN_INVALID",
    hint: "check its [ ] and its last \\",
  });
}

/** `--chmod` has a value that is none. */
export function badMode(mode: string): SlipwayError {
  return new SlipwayError(`invalid chmod parameter: '${mode}'. it should be octal string and between 0 and 07777`, {
    code: "COPY_CHMOD_INVALID",
    hint: "such as 0755 or u=rwX,go=rX",
  });
}

/** A file cannot be read. */
export function unreadable(path: string, cause: NodeJS.ErrnoException): SlipwayError {
  const reason = cause.code === "EACCES" || cause.code === "EPERM" ? "permission denied" : cause.message;
  return new SlipwayError(`${path} cannot be read: ${reason}`, {
    code: "FILE_UNREADABLE",
    hint: "give read permission, or exclude it in .dockerignore",
    cause,
  });
}

/** A file became shorter while it was read. */
export function fileChanged(path: string): SlipwayError {
  return new SlipwayError(`${path} changed while it was read`, {
    code: "FILE_CHANGED",
    hint: "build again when nothing writes to it",
  });
}

/** The kernel does not let this user mark a file as deleted. */
export function whiteoutRefused(path: string): SlipwayError {
  return new SlipwayError(`a deletion cannot be kept at ${path}: this user may not make the mark of overlayfs`, {
    code: "WHITEOUT_REFUSED",
    hint: "Linux 5.8 and newer let every user make it",
  });
}
