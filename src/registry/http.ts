/**
 * Requests to one server: who one is there, and trying again.
 *
 * Authorization follows the registry's challenge (Basic, or Bearer with a token for the
 * scope, distribution-spec and Docker's token specification). It is never sent on to
 * another host that an answer redirects to.
 */
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Dispatcher } from "undici";
import { SlipwayError } from "../core/index.ts";
import { parseChallenges } from "./challenge.ts";
import { type Credentials, credentialsFor } from "./credentials.ts";
import { badAnswer, refused, unreachable } from "./errors.ts";
import type { Host } from "./hosts.ts";

export interface Request {
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "PATCH" | "DELETE";
  /** Path below the registry, or a whole URL. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | (() => Readable);
  /** `pull` or `pull,push`. */
  readonly actions: string;
  /** Other repositories that are read, for mounts. */
  readonly also?: string;
  /** What it is for, in messages. */
  readonly what: string;
  /** Answers that are no error. */
  readonly accept: readonly number[];
  readonly signal?: AbortSignal | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Readable;
  readonly url: string;
}

const TRIES = 4;
const AGAIN = [408, 429, 500, 502, 503, 504];
const MOST_REDIRECTS = 5;
const LONGEST_WAIT_MS = 60_000;

export class RegistryClient {
  readonly #host: Host;
  readonly #path: string;
  readonly #configFolder: string | undefined;
  readonly #tries: number;
  readonly #tokens = new Map<string, string>();
  #credentials: Promise<Credentials | undefined> | undefined;

  /** `tries` is how often a request is made that the network or the server fails. */
  constructor(host: Host, path: string, configFolder: string | undefined, tries: number = TRIES) {
    this.#host = host;
    this.#path = path;
    this.#configFolder = configFolder;
    this.#tries = tries;
  }

  /** Throws REGISTRY_*. */
  async send(request: Request): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      try {
        const answer = await this.#authorized(request);
        if (request.accept.includes(answer.status)) return answer;
        if (!AGAIN.includes(answer.status) || attempt >= this.#tries) throw await errorOf(answer, request);
        answer.body.resume();
        await sleep(waitMs(answer.headers["retry-after"], attempt), undefined, signalOf(request));
      } catch (error) {
        request.signal?.throwIfAborted();
        if (error instanceof SlipwayError) throw error;
        if (attempt >= this.#tries || isFinal(error)) throw unreachable(this.#host.domain, error);
        await sleep(waitMs(undefined, attempt), undefined, signalOf(request));
      }
    }
  }

  async #authorized(request: Request): Promise<Answer> {
    const scope = `repository:${this.#path}:${request.actions}`;
    const known = `${scope} ${request.also ?? ""}`;
    const answer = await this.#once(request, this.#tokens.get(known));
    // Where an answer has redirected to is not told who one is, whatever it asks for.
    if (answer.status !== 401 || !isWithin(answer.url, await this.#host.base())) return answer;
    const header = await this.#authorize(answer.headers["www-authenticate"] ?? "", scope, request);
    if (!header) return answer;
    answer.body.resume();
    this.#tokens.set(known, header);
    return this.#once(request, header);
  }

  async #once(request: Request, authorization: string | undefined): Promise<Answer> {
    const { request: send } = await import("undici");
    const [base, dispatcher] = [await this.#host.base(), await this.#host.dispatcher()];
    let url = request.path.startsWith("/") ? base + request.path : request.path;
    for (let redirects = 0; ; redirects++) {
      const answer = await send(url, {
        dispatcher,
        method: request.method,
        headers: {
          "user-agent": "slipway",
          ...request.headers,
          ...(authorization && isWithin(url, base) ? { authorization } : {}),
        },
        body: typeof request.body === "function" ? request.body() : (request.body ?? null),
        ...(request.signal ? { signal: request.signal } : {}),
      });
      const headers = flat(answer.headers);
      const location = headers["location"];
      const moved =
        [301, 302, 303, 307, 308].includes(answer.statusCode) && (request.method === "GET" || request.method === "HEAD");
      if (!moved || !location || redirects === MOST_REDIRECTS)
        return { status: answer.statusCode, headers, body: answer.body, url };
      await answer.body.dump();
      url = new URL(location, url).href;
    }
  }

  /** Answers a challenge; undefined if there is nothing to answer with. */
  async #authorize(challenge: string, scope: string, request: Request): Promise<string | undefined> {
    this.#credentials ??= credentialsFor(this.#host.domain, this.#configFolder);
    const credentials = await this.#credentials;
    const basic = credentials && `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString("base64")}`;
    const challenges = parseChallenges(challenge);
    const bearer = challenges.find(({ scheme }) => scheme === "bearer")?.parameters;
    if (!bearer) return challenges.some(({ scheme }) => scheme === "basic") ? basic : undefined;
    const realm = parseUrl(bearer.get("realm") ?? "");
    if (!realm) throw badAnswer(request.what, "it names no server that gives tokens");
    const service = bearer.get("service");
    const parameters = new URLSearchParams({ ...(service ? { service } : {}), scope });
    if (request.also) parameters.append("scope", `repository:${request.also}:pull`);
    const token = await getToken(realm, parameters, basic, credentials?.identityToken, request, await this.#host.dispatcher());
    return token && `Bearer ${token}`;
  }
}

/** A token from the server that gives them (Docker's token specification); undefined if it says no. */
async function getToken(
  realm: URL,
  parameters: URLSearchParams,
  basic: string | undefined,
  identityToken: string | undefined,
  request: Request,
  dispatcher: Dispatcher,
): Promise<string | undefined> {
  const { request: send } = await import("undici");
  if (!identityToken) for (const [name, value] of parameters) realm.searchParams.append(name, value);
  const answer = identityToken
    ? await send(realm, {
        dispatcher,
        method: "POST",
        headers: { "user-agent": "slipway", "content-type": "application/x-www-form-urlencoded" },
        body: `${parameters}&grant_type=refresh_token&client_id=slipway&refresh_token=${encodeURIComponent(identityToken)}`,
        ...signalOf(request),
      })
    : await send(realm, {
        dispatcher,
        headers: { "user-agent": "slipway", ...(basic ? { authorization: basic } : {}) },
        ...signalOf(request),
      });
  const text = await answer.body.text();
  if (AGAIN.includes(answer.statusCode))
    throw new Error(`its token server ${realm.host} answers with status ${answer.statusCode}`);
  if (answer.statusCode !== 200) return undefined;
  let given: { readonly token?: unknown; readonly access_token?: unknown } = {};
  try {
    given = (JSON.parse(text) ?? {}) as typeof given;
  } catch {
    // No JSON is no token.
  }
  const token = given.token ?? given.access_token;
  if (typeof token !== "string" || token === "") throw badAnswer(request.what, "its token server gave no token");
  return token;
}

/** Whether a URL is the registry's, with or without TLS as it should be. */
function isWithin(url: string, base: string): boolean {
  return new URL(url).origin === new URL(base).origin;
}

function parseUrl(text: string): URL | undefined {
  return /^https?:/i.test(text) && URL.canParse(text) ? new URL(text) : undefined;
}

function isFinal(error: unknown): boolean {
  const { code = "" } = error as NodeJS.ErrnoException;
  return code.startsWith("ERR_TLS_") || FINAL.includes(code);
}

const FINAL: readonly string[] = [
  "ENOTFOUND",
  "ECONNREFUSED",
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "EAI_AGAIN",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
];

function signalOf({ signal }: Request): { signal?: AbortSignal } {
  return signal ? { signal } : {};
}

function waitMs(retryAfter: string | undefined, attempt: number): number {
  const seconds = Number(retryAfter);
  const wanted = Number.isNaN(seconds) ? Date.parse(retryAfter ?? "") - Date.now() : seconds * 1000;
  return retryAfter && Number.isFinite(wanted) ? Math.min(Math.max(wanted, 0), LONGEST_WAIT_MS) : 200 * 3 ** (attempt - 1);
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), Array.isArray(value) ? value.join(", ") : value]),
  );
}

async function errorOf(answer: Answer, { what, actions }: Request): Promise<SlipwayError> {
  let text = "";
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    text += chunk.toString("utf8");
    if (text.length > 10_000) break;
  }
  let errors: { code?: string; message?: string }[] = [];
  try {
    errors = (JSON.parse(text) as { errors?: typeof errors }).errors ?? [];
  } catch {
    // Not every registry answers in JSON.
  }
  return refused(
    answer.status,
    errors.map((error) => error.code ?? ""),
    { what, pushing: actions.includes("push") },
    errors
      .map((error) => error.message ?? "")
      .filter(Boolean)
      .join("; "),
  );
}
