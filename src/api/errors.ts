/** All that can be wrong with what a caller asks for. */
import { type Range, SlipwayError, type SourceText } from "../core/index.ts";
import { formatPlatform, type Platform } from "../oci/index.ts";

/** The image has no manifest for the platform. */
export function platformMissing(name: string, wanted: Platform, available: readonly Platform[]): SlipwayError {
  return new SlipwayError(`no matching manifest for ${formatPlatform(wanted)} in the manifest list entries of ${name}`, {
    code: "PLATFORM_MISSING",
    hint: available.length > 0 ? `it has ${available.map(formatPlatform).join(", ")}` : undefined,
  });
}

/** The image is not in the store and no registry may be asked. */
export function imageNotLocal(name: string): SlipwayError {
  return new SlipwayError(`No such image: ${name}`, {
    code: "IMAGE_NOT_LOCAL",
    hint: "it is not in the store, and --pull=never forbids to pull it",
  });
}

/** The context's folder is not there. */
export function contextMissing(path: string): SlipwayError {
  return new SlipwayError(`unable to prepare context: path "${path}" not found`, { code: "CONTEXT_MISSING" });
}

/** The context is a file. The positional argument of build is the context, not the Dockerfile. */
export function contextIsFile(path: string): SlipwayError {
  return new SlipwayError(`unable to prepare context: "${path}" is a file, not a folder`, {
    code: "CONTEXT_IS_FILE",
    hint: `to build with this Dockerfile: slipway build -f ${path} .`,
  });
}

/** The Dockerfile is not there. The words are BuildKit's. */
export function dockerfileMissing(path: string, found: readonly string[]): SlipwayError {
  return new SlipwayError(`failed to read dockerfile: open ${path}: no such file or directory`, {
    code: "DOCKERFILE_MISSING",
    hint:
      found.length > 0 ? `there is ${found.join(", ")}: name it with -f` : "name it with -f, relative to the working directory",
  });
}

/** The Dockerfile is there, but cannot be read as a file. */
export function dockerfileUnreadable(path: string, cause: NodeJS.ErrnoException): SlipwayError {
  const reason = cause.code === "EISDIR" ? "is a directory" : cause.code === "EACCES" ? "permission denied" : cause.message;
  return new SlipwayError(`failed to read dockerfile: ${path}: ${reason}`, { code: "DOCKERFILE_UNREADABLE", cause });
}

/** The ignore file is there, but cannot be read. */
export function ignoreFileUnreadable(path: string, cause: NodeJS.ErrnoException): SlipwayError {
  return new SlipwayError(`the ignore file ${path} cannot be read: ${cause.message}`, { code: "IGNORE_FILE_UNREADABLE", cause });
}

/** The settings of lint cannot be read. */
export function lintSettingsMissing(path: string, cause: NodeJS.ErrnoException): SlipwayError {
  return new SlipwayError(`the settings ${path} cannot be read: ${cause.message}`, { code: "LINT_SETTINGS_MISSING", cause });
}

/** An option has a value that means nothing. */
export function badOption(option: string, value: string, reason: string): SlipwayError {
  return new SlipwayError(`invalid value "${value}" for ${option}: ${reason}`, { code: "OPTION_INVALID" });
}

/** An output that cannot be written. */
export function outputFailed(dest: string, cause: unknown): SlipwayError {
  return new SlipwayError(`the output ${dest} cannot be written: ${(cause as Error).message}`, { code: "OUTPUT_FAILED", cause });
}

/** No image or container has this name. */
export function noSuchObject(name: string): SlipwayError {
  return new SlipwayError(`No such object: ${name}`, { code: "OBJECT_NOT_FOUND" });
}

/** An image cannot go while it has other names. */
export function imageHasNames(id: string): SlipwayError {
  return new SlipwayError(`conflict: unable to delete ${id} (must be forced) - image is referenced in multiple repositories`, {
    code: "IMAGE_HAS_NAMES",
    hint: "take the names away one by one, or use -f",
  });
}

/** A container was to be started with nothing to run. */
export function nothingToRun(image: string): SlipwayError {
  return new SlipwayError(`no command specified`, {
    code: "RUN_NO_COMMAND",
    hint: `${image} has neither ENTRYPOINT nor CMD: name a command`,
  });
}

/** The program of a container is not there. Docker ends with 127. */
export function programMissing(program: string): SlipwayError {
  return new SlipwayError(`exec: "${program}": executable file not found in $PATH`, { code: "RUN_PROGRAM_MISSING" });
}

/** A tar that is to become an image or a context cannot be read. */
export function archiveUnreadable(path: string, cause: unknown): SlipwayError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const reason = { ENOENT: "no such file or directory", EISDIR: "it is a folder" }[code ?? ""] ?? message;
  return new SlipwayError(`open ${path}: ${reason}`, {
    code: "ARCHIVE_UNREADABLE",
    ...(code === "EISDIR" ? { hint: "pack it: tar -c -C FOLDER . | slipway import -" } : {}),
    cause,
  });
}

/** A server cannot be reached. */
export function addressUnreachable(url: string, cause: unknown): SlipwayError {
  const reason = (cause as NodeJS.ErrnoException).code ?? (cause as Error).message;
  return new SlipwayError(`${url.replace(/\/\/[^/@]*@/, "//")} cannot be reached: ${reason}`, {
    code: "ADDRESS_UNREACHABLE",
    cause,
  });
}

/** A container runs, and is not to be removed by force. The words are Docker's. */
export function containerRunning(name: string): SlipwayError {
  return new SlipwayError(
    `cannot remove container "${name}": container is running: stop the container before removing or force remove`,
    { code: "CONTAINER_RUNNING", hint: `slipway rm -f ${name} ends it first` },
  );
}

/** Nothing is there in the container. The words are Docker's. */
export function containerFileMissing(path: string, container: string): SlipwayError {
  return new SlipwayError(`Could not find the file ${path} in container ${container}`, { code: "CONTAINER_FILE_MISSING" });
}

/** What was to be copied cannot go there. The words are Docker's. */
export function copyDestInvalid(message: string): SlipwayError {
  return new SlipwayError(message, { code: "COPY_DEST_INVALID" });
}

/** A container needs the image. The words are Docker's. */
export function imageInUse(name: string, container: string, running: boolean): SlipwayError {
  const state = running ? "running" : "stopped";
  return new SlipwayError(
    `conflict: unable to remove repository reference "${name}" (must force) - container ${container} is using its referenced image`,
    {
      code: "IMAGE_IN_USE",
      hint: `the container is ${state}: slipway rm ${running ? "-f " : ""}${container} removes it`,
    },
  );
}

/** No volume of this name. The words are Docker's. */
export function volumeMissing(name: string): SlipwayError {
  return new SlipwayError(`get ${name}: no such volume`, {
    code: "VOLUME_NOT_FOUND",
    hint: "slipway volume ls lists what is there",
  });
}

/** Containers have the volume. The words are Docker's. */
export function volumeInUse(name: string, containers: readonly string[]): SlipwayError {
  return new SlipwayError(`remove ${name}: volume is in use - [${containers.join(", ")}]`, {
    code: "VOLUME_IN_USE",
    hint: "remove the containers first: slipway rm",
  });
}

/** The build has no such step. */
export function stepNotFound(build: number, step: string): SlipwayError {
  return new SlipwayError(`build ${build} has no step ${step}`, {
    code: "STEP_NOT_FOUND",
    hint: `a step goes by its number or a part of its text: slipway explain ${build} lists them`,
  });
}

/** A step does what nobody has allowed. The words are BuildKit's. */
export function entitlementMissing(needed: string, source: SourceText, range: Range | undefined): SlipwayError {
  return new SlipwayError(`${needed} is not allowed`, {
    code: "ENTITLEMENT_MISSING",
    hint: `if you trust the Dockerfile: --allow ${needed}`,
    ...(range ? { source, range } : {}),
  });
}

/** A private key cannot be used. */
export function sshKeyRefused(key: string, reason: string): SlipwayError {
  return new SlipwayError(`the SSH key ${key} cannot be used: ${reason}`, {
    code: "SSH_KEY_REFUSED",
    hint: "a key with a passphrase goes into an agent first: ssh-add KEY, then --ssh default",
  });
}

/** Keys were offered, and OpenSSH's programs are not there. */
export function sshToolsMissing(): SlipwayError {
  return new SlipwayError("SSH keys need the programs ssh-agent and ssh-add", {
    code: "SSH_TOOLS_MISSING",
    hint: "apt-get install openssh-client, or offer the socket of an agent",
  });
}

/** The image cannot be made again: no build of it is remembered, or its context came as a stream. */
export function inputsUnknown(image: string, reason: "no build" | "stream"): SlipwayError {
  return new SlipwayError(
    reason === "stream"
      ? `the context of ${image} came as a stream, which is not kept`
      : `what ${image} was made from is not known here`,
    {
      code: "INPUTS_UNKNOWN",
      hint:
        reason === "stream"
          ? "build it from a folder"
          : "an image is verified where it was built; slipway builds lists the builds that are remembered",
    },
  );
}

/** The build borrowed what no record keeps, and it was not given again. */
export function loanMissing(image: string, flag: "secret" | "ssh", ids: readonly string[]): SlipwayError {
  return new SlipwayError(`${image} was built with ${flag} ${ids.join(", ")}, which is not kept`, {
    code: "LOAN_MISSING",
    hint: `give it again: ${ids.map((id) => (flag === "secret" ? `--secret id=${id},src=FILE` : `--ssh ${id}`)).join(" ")}`,
  });
}

/** Nothing of what the container printed was kept. */
export function containerNotLogged(name: string): SlipwayError {
  return new SlipwayError(`nothing that ${name} printed was kept`, {
    code: "CONTAINER_NOT_LOGGED",
    hint: "what a container in the foreground prints goes to its terminal alone; run -d keeps it",
  });
}

/** A container does not run. The words are Docker's. */
export function containerNotRunning(name: string): SlipwayError {
  return new SlipwayError(`cannot kill container: ${name}: container ${name} is not running`, { code: "CONTAINER_NOT_RUNNING" });
}
