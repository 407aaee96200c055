/** GET of files for ADD and of remote contexts. */
import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { Dispatcher } from "undici";
import { SlipwayError } from "../core/index.ts";
import type { HttpAnswer, HttpGet } from "../solve/index.ts";
import { addressUnreachable } from "./errors.ts";
import type { Workbench } from "./workbench.ts";

const MOST_REDIRECTS = 10;

/** Follows redirects; the client library is loaded with the first use. */
export function httpGet(bench: Workbench): HttpGet {
  let opened: Promise<Dispatcher> | undefined;
  return async (url, headers, signal) => {
    const [{ request }, { openDispatcher }] = await Promise.all([import("undici"), import("../registry/index.ts")]);
    opened ??= openDispatcher("", false, bench.registry);
    const dispatcher = await opened;
    let address = url;
    for (let redirects = 0; ; redirects++) {
      let answer: Awaited<ReturnType<typeof request>>;
      try {
        answer = await request(address, {
          dispatcher,
          headers: { "user-agent": "slipway", "accept-encoding": "gzip", ...headers },
          signal,
        });
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof SlipwayError) throw error;
        throw addressUnreachable(url, error);
      }
      const location = answer.headers["location"];
      if (
        answer.statusCode < 301 ||
        answer.statusCode > 308 ||
        answer.statusCode === 304 ||
        typeof location !== "string" ||
        redirects >= MOST_REDIRECTS
      ) {
        return plain(answer.statusCode, answer.headers, answer.body);
      }
      await answer.body.dump();
      address = new URL(location, address).href;
    }
  };
}

function plain(status: number, headers: Record<string, string | string[] | undefined>, body: Readable): HttpAnswer {
  const flat = Object.entries(headers).map(([name, value]): [string, string | undefined] => [
    name.toLowerCase(),
    Array.isArray(value) ? value[0] : value,
  ]);
  const named: HttpAnswer["headers"] = Object.fromEntries(flat);
  return { status, headers: named, body: named["content-encoding"] === "gzip" ? unzipped(body) : body };
}

/** Compressed for the way only, which Docker's client asks for and undoes as well. */
function unzipped(body: Readable): Readable {
  return pipeline(body, createGunzip(), () => {});
}
