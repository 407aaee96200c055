/** Downloads that go on where they broke off. */
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { brokenOff } from "./errors.ts";
import type { Answer } from "./http.ts";

const TRIES = 5;
const FIRST_WAIT_MS = 200;

/**
 * The bytes of a blob. When the connection breaks, the rest is asked for (RFC 9110,
 * "Range Requests"); a server that has no ranges begins again and what is known of it is
 * passed over. As long as something arrives it is tried again. Throws REGISTRY_BROKEN_OFF.
 */
export async function* continued(
  first: Answer,
  ask: (from: number) => Promise<Answer>,
  size: number,
  what: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer> {
  let received = 0;
  let answer = first;
  for (let tries = 1; ; tries++) {
    const before = received;
    let cause: unknown = new Error("the connection was closed");
    try {
      for await (const chunk of after(answer.body, answer.status === 206 ? 0 : received)) {
        received += chunk.length;
        yield chunk;
      }
    } catch (error) {
      cause = error;
    }
    if (received >= size) return;
    signal?.throwIfAborted();
    if (received > before) tries = 1;
    if (tries >= TRIES) throw brokenOff(what, received, size, cause);
    await sleep(FIRST_WAIT_MS * tries, undefined, signal ? { signal } : {});
    answer = await ask(received);
  }
}

async function* after(body: Readable, skip: number): AsyncGenerator<Buffer> {
  let left = skip;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    if (left >= chunk.length) left -= chunk.length;
    else {
      yield left > 0 ? chunk.subarray(left) : chunk;
      left = 0;
    }
  }
}
