/** All that a registry can answer, and what to do about it. The words are Docker's where it has some. */
import { RegistryError, SlipwayError } from "../core/index.ts";

/** The registry does not answer at all. */
export function unreachable(host: string, cause: unknown): SlipwayError {
  const reason = reasonOf(cause);
  return new SlipwayError(`failed to do request: the registry ${host} cannot be reached: ${reason}`, {
    code: "REGISTRY_UNREACHABLE",
    hint: "check the name, the network and the proxy settings; an image that was loaded or built here needs no registry",
    cause,
  });
}

/** The registry says no. */
export function refused(status: number, codes: readonly string[], what: string, detail: string): RegistryError {
  const [message, hint] = wording(status, codes, what);
  return new RegistryError(status, codes, detail ? `${message}: ${detail}` : message, { code: codeOf(status), hint });
}

function codeOf(status: number): string {
  if (status === 401) return "REGISTRY_UNAUTHORIZED";
  if (status === 403) return "REGISTRY_DENIED";
  if (status === 404) return "REGISTRY_NOT_FOUND";
  return status === 429 ? "REGISTRY_RATE_LIMIT" : "REGISTRY_ERROR";
}

function wording(status: number, codes: readonly string[], what: string): [message: string, hint: string | undefined] {
  if (status === 401)
    return [
      `pull access denied for ${what}, repository does not exist or may require authorization`,
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
  return message || String(code);
}

/** The first part of an image name looks like a host and cannot be one. */
export function noHost(name: string): SlipwayError {
  const [first = ""] = name.split("/", 1);
  return new SlipwayError(`${name} names no registry: no host can be called ${first}`, {
    code: "REGISTRY_NO_HOST",
    hint: "hosts have letters, digits, dots and dashes",
  });
}
