/** All that a registry can answer, and what to do about it. The words are Docker's where it has some. */
import { RegistryError, SlipwayError } from "../core/index.ts";

/** The registry does not answer at all. */
export function unreachable(host: string, cause: unknown): SlipwayError {
  const reason = reasonOf(cause);
  const untrusted = reason.startsWith("its certificate");
  return new SlipwayError(`failed to do request: the registry ${host} cannot be reached: ${reason}`, {
    code: "REGISTRY_UNREACHABLE",
    hint: untrusted
      ? `put its authority's certificate into /etc/docker/certs.d/${host}/ca.crt, or name it in insecure-registries`
      : "check the name, the network and the proxy settings; an image that was loaded or built here needs no registry",
    cause,
  });
}

/** The registry says no. */
export function refused(
  status: number,
  codes: readonly string[],
  request: { readonly what: string; readonly pushing: boolean },
  detail: string,
): RegistryError {
  const [message, hint] = wording(status, codes, request.what, request.pushing);
  return new RegistryError(status, codes, detail ? `${message}: ${detail}` : message, { code: codeOf(status), hint });
}

function codeOf(status: number): string {
  if (status === 401) return "REGISTRY_UNAUTHORIZED";
  if (status === 403) return "REGISTRY_DENIED";
  if (status === 404) return "REGISTRY_NOT_FOUND";
  return status === 429 ? "REGISTRY_RATE_LIMIT" : "REGISTRY_ERROR";
}

function wording(
  status: number,
  codes: readonly string[],
  what: string,
  pushing: boolean,
): [message: string, hint: string | undefined] {
  if (status === 401)
    return [
      `${pushing ? "push" : "pull"} access denied for ${what}, repository does not exist or may require authorization`,
      "log in with: slipway login",
    ];
  if (status === 403)
    return [
      `${what}: denied: requested access to the resource is denied`,
      "the account lacks the right: log in with another, or ask for it",
    ];
  if (status === 404 && codes.includes("NAME_UNKNOWN"))
    return [`${what}: not found: the repository is not known`, "check the spelling of the name"];
  if (status === 404) return [`${what}: not found: manifest unknown`, "check the tag"];
  if (status === 429)
    return [`${what}: toomanyrequests: the registry's rate limit is reached`, "wait, or log in for a higher limit"];
  return [`${what}: the registry answers with status ${status}`, undefined];
}

/** The registry's answer is not what the distribution-spec says. */
export function badAnswer(what: string, reason: string): SlipwayError {
  return new SlipwayError(`${what}: the registry's answer cannot be used: ${reason}`, { code: "REGISTRY_BAD_ANSWER" });
}

function reasonOf(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "no such host";
  if (code === "ECONNREFUSED") return "connection refused";
  if (code?.includes("TIMEOUT")) return "it does not answer in time";
  if (CERTIFICATE.test(code ?? "")) return `its certificate is not trusted (${message})`;
  return message || String(code);
}

const CERTIFICATE = /^(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_|CERT_|ERR_TLS_CERT)/;

/** A file with certificates cannot be read. */
export function certificateUnreadable(file: string, cause: unknown): SlipwayError {
  return new SlipwayError(`the certificates in ${file} cannot be read: ${(cause as Error).message}`, {
    code: "REGISTRY_CERTIFICATE_UNREADABLE",
    cause,
  });
}

/** There is no such tag, but there are others. */
export function tagMissing(error: RegistryError, tags: readonly string[]): RegistryError {
  const { status, codes, message, code, cause } = error;
  return new RegistryError(status, codes, message, { code, cause, hint: `its tags are ${tags.join(", ")}` });
}

/** A transfer broke off, again and again. */
export function brokenOff(what: string, received: number, size: number, cause: unknown): SlipwayError {
  return new SlipwayError(`${what}: the transfer broke off after ${received} of ${size} bytes: ${reasonOf(cause)}`, {
    code: "REGISTRY_BROKEN_OFF",
    hint: "try again; what was transferred completely is kept",
    cause,
  });
}

/** The registry does not know the user or the password. */
export function loginRefused(url: string): SlipwayError {
  return new SlipwayError(`Get "${url}": unauthorized: incorrect username or password`, { code: "REGISTRY_LOGIN_REFUSED" });
}

/** The first part of an image name looks like a host and cannot be one. */
export function noHost(name: string): SlipwayError {
  const [first = ""] = name.split("/", 1);
  return new SlipwayError(`${name} names no registry: no host can be called ${first}`, {
    code: "REGISTRY_NO_HOST",
    hint: "hosts have letters, digits, dots and dashes",
  });
}

/** Credentials could not be written, or a helper did not take them. */
export function credentialsNotKept(where: string, reason: string): SlipwayError {
  return new SlipwayError(`the credentials cannot be kept in ${where}: ${reason}`, { code: "CREDENTIALS_NOT_KEPT" });
}
