/** Progress for programs: one JSON object a line, in the shape of BuildKit's SolveStatus (`--progress=rawjson`). */
import { digestOfBytes, type ProgressEvent } from "../core/index.ts";
import { changeLine } from "./change-line.ts";

export class JsonProgress {
  readonly #write: (text: string) => void;
  readonly #vertices = new Map<string, { readonly digest: string; readonly name: string; readonly started: string }>();
  readonly #started = new Map<string, string>();

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  on(event: ProgressEvent): void {
    const status = this.#status(event);
    if (status) this.#write(`${JSON.stringify(status)}\n`);
  }

  end(): void {}

  #status(event: ProgressEvent): object | undefined {
    switch (event.type) {
      case "vertex":
        return { vertexes: [this.#vertex(event)] };
      case "output":
        return {
          logs: [
            {
              vertex: this.#digest(event.id),
              stream: event.stream === "stdout" ? 1 : 2,
              data: Buffer.from(event.data).toString("base64"),
              timestamp: rfc3339(event.time),
            },
          ],
        };
      case "status":
        return { statuses: [this.#part(event)] };
      case "warning": {
        const short = Buffer.from(`${event.rule}: ${event.message} (line ${event.range.start.line})`).toString("base64");
        const { start, end } = event.range;
        const range = [
          { start: { line: start.line, character: start.column - 1 }, end: { line: end.line, character: end.column - 1 } },
        ];
        return { warnings: [{ level: 1, short, ...(event.url ? { url: event.url } : {}), range }] };
      }
      case "build":
      case "result":
        return undefined;
    }
  }

  #vertex(event: Extract<ProgressEvent, { type: "vertex" }>): object {
    const known = this.#vertices.get(event.id) ?? {
      digest: this.#digest(event.id),
      name: event.name,
      started: rfc3339(event.time),
    };
    this.#vertices.set(event.id, known);
    return {
      digest: known.digest,
      name: known.name,
      started: known.started,
      ...(event.state === "running" ? {} : { completed: rfc3339(event.time) }),
      ...(event.state === "cached" ? { cached: true } : {}),
      ...(event.error ? { error: event.error } : {}),
      ...(event.why ? { why: { text: changeLine(event.why) ?? "", changes: event.why } } : {}),
    };
  }

  #part(event: Extract<ProgressEvent, { type: "status" }>): object {
    const key = `${event.id} ${event.what}`;
    const started = this.#started.get(key) ?? rfc3339(event.time);
    this.#started.set(key, started);
    return {
      id: event.what,
      vertex: this.#digest(event.id),
      current: event.current ?? 0,
      ...(event.total ? { total: event.total } : {}),
      timestamp: rfc3339(event.time),
      started,
      ...(event.done ? { completed: rfc3339(event.time) } : {}),
    };
  }

  /** Vertices have digests with BuildKit; ours have short names within one build. */
  #digest(id: string): string {
    return digestOfBytes(id);
  }
}

function rfc3339(time: number): string {
  return new Date(time).toISOString();
}
