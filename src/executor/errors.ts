/** All that can go wrong before and around a process. */
import { SlipwayError } from "../core/index.ts";

/** USER names nobody of /etc/passwd. */
export function userUnknown(user: string): SlipwayError {
  return new SlipwayError(`unable to find user ${user}: no matching entries in passwd file`, {
    code: "USER_UNKNOWN",
    hint: "make the user in an earlier RUN, or give a number",
  });
}

/** USER names no group of /etc/group. */
export function groupUnknown(group: string): SlipwayError {
  return new SlipwayError(`unable to find group ${group}: no matching entries in group file`, {
    code: "GROUP_UNKNOWN",
    hint: "make the group in an earlier RUN, or give a number",
  });
}

/** USER has a number that is no id. */
export function userOutOfRange(): SlipwayError {
  return new SlipwayError("uids and gids must be in range 0-2147483647", { code: "USER_OUT_OF_RANGE" });
}

/** The native helper is not there, and neither are the tools that can stand in for it. */
export function helperMissing(tools: readonly string[]): SlipwayError {
  return new SlipwayError(`the native helper is not there, and without it RUN needs ${tools.join(", ")}`, {
    code: "HELPER_MISSING",
    hint: "npm run build compiles the helper, with a C compiler: apt-get install gcc libc6-dev; or install util-linux and mount",
  });
}

/** A terminal is asked for, and only the native helper can give one. */
export function terminalNeedsHelper(): SlipwayError {
  return new SlipwayError("a terminal needs the native helper, which is not there", {
    code: "TERMINAL_NEEDS_HELPER",
    hint: "leave -t out, or compile the helper: npm run build, with a C compiler",
  });
}

/** A user who is not mapped is asked for, and only the native helper can make a namespace for it. */
export function userNeedsHelper(uid: number, gid: number): SlipwayError {
  return new SlipwayError(
    `the user ${uid}:${gid} does not exist in this user namespace, and without the native helper it cannot be made`,
    {
      code: "USER_NEEDS_HELPER",
      hint: "compile the helper: npm run build, with a C compiler; or give this user more ids in /etc/subuid and /etc/subgid",
    },
  );
}

/** A process could not be set up. */
export function setupFailed(operation: string, errno: string, subject: string): SlipwayError {
  const denied = errno === "EPERM" || errno === "EACCES" || /permission denied|not permitted/i.test(subject);
  const reason = errno === "" ? subject : `${subject}: ${errno}`;
  return new SlipwayError(`the process could not be set up: ${operation} ${reason}`.trim(), {
    code: "EXECUTOR_SETUP_FAILED",
    hint: denied ? "this needs root, or a machine that lets it mount and make namespaces" : undefined,
  });
}

/** A limit that this user may not raise so far. */
export function limitRefused(name: string): SlipwayError {
  return new SlipwayError(`the limit ${name} cannot be raised as far as --ulimit asks`, {
    code: "ULIMIT_REFUSED",
    hint: "a higher hard limit needs CAP_SYS_RESOURCE, which this process lacks",
  });
}

/** A `--ulimit` that is none. */
export function badUlimit(text: string): SlipwayError {
  return new SlipwayError(`invalid ulimit argument: ${text}`, { code: "ULIMIT_INVALID", hint: "such as nofile=1024:2048" });
}

/** A capability that Linux does not have. */
export function capabilityUnknown(name: string): SlipwayError {
  return new SlipwayError(`there is no capability ${name}`, { code: "CAPABILITY_UNKNOWN", hint: "such as NET_ADMIN or ALL" });
}

/** A `-p` that is none. */
export function badPublish(text: string): SlipwayError {
  return new SlipwayError(`invalid port to publish: ${text}`, {
    code: "PUBLISH_INVALID",
    hint: "it is [[ADDRESS:]HOST-PORT:]CONTAINER-PORT, such as 8888:5000",
  });
}

/** Only TCP is handed on. */
export function protocolRefused(text: string): SlipwayError {
  return new SlipwayError(`only TCP ports can be published, not ${text}`, {
    code: "PUBLISH_PROTOCOL",
    hint: "the container shares the host's network: a UDP port that it opens is open already, under its own number",
  });
}

/** A port of the host cannot be opened. */
export function portTaken(address: string, port: number, cause: NodeJS.ErrnoException): SlipwayError {
  const why = cause.code === "EADDRINUSE" ? "port is already allocated" : (cause.code ?? cause.message);
  return new SlipwayError(`Bind for ${address}:${port} failed: ${why}`, {
    code: "PORT_TAKEN",
    hint: cause.code === "EACCES" ? "ports below 1024 need root" : "choose another host port, or end what uses this one",
    cause,
  });
}

/** This is not root, and not root of a user namespace either. `told` is what came of trying. */
export function namespaceMissing(told: string | undefined): SlipwayError {
  const wasRefused = told?.startsWith("refused") ?? false;
  return new SlipwayError(
    wasRefused ? "this machine does not let its users make user namespaces" : "a step needs root, or root of a user namespace",
    {
      code: "USER_NAMESPACE_MISSING",
      hint: wasRefused
        ? "look at sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone and kernel.apparmor_restrict_unprivileged_userns; a container needs a seccomp profile that lets it unshare"
        : "start the program with: slipway unshare PROGRAM",
    },
  );
}

/** Something that needs more than a changed root, where nothing can be mounted. */
export function needsMounts(what: string): SlipwayError {
  return new SlipwayError(`${what} cannot be had here, where slipway may neither mount nor make namespaces`, {
    code: "NEEDS_MOUNTS",
    hint: "a container needs a seccomp profile that lets it unshare, or the capability SYS_ADMIN",
  });
}

/** Limits of memory or processor time cannot be set on this machine. */
export function limitsRefused(cause: unknown): SlipwayError {
  return new SlipwayError(`limits of memory and processor time cannot be set: ${(cause as Error).message}`, {
    code: "LIMITS_REFUSED",
    hint: "they need root, or a delegated control group: systemd-run --user --scope -p Delegate=yes slipway ...",
    cause,
  });
}
