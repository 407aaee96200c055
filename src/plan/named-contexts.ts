/** `--build-context NAME=`: which names of a Dockerfile they stand for. */
import { SlipwayError } from "../core/index.ts";
import { familiarName, parseReference } from "../oci/index.ts";
import type { NamedContext } from "./options.ts";

/** A named context under the name it was given. */
export interface FoundContext {
  readonly name: string;
  readonly context: NamedContext;
}

/** Finds contexts by the names a Dockerfile uses: `alpine`, `alpine:latest` and `docker.io/library/alpine` are one. */
export function namedContexts(contexts: ReadonlyMap<string, NamedContext>): (name: string) => FoundContext | undefined {
  const found = new Map([...contexts].map(([name, context]) => [normalName(name), { name, context }]));
  return (name) => (found.size > 0 ? found.get(normalName(name)) : undefined);
}

function normalName(name: string): string {
  try {
    return familiarName(parseReference(name)).replace(/:latest$/, "");
  } catch (error) {
    if (error instanceof SlipwayError) return name.toLowerCase();
    throw error;
  }
}
