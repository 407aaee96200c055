/** The values of `--build-context NAME=VALUE`. */
import { statSync } from "node:fs";
import { resolve } from "node:path";
import type { NamedContext } from "../plan/index.ts";
import { isRemote } from "./context-remote.ts";
import { badOption, notHere } from "./errors.ts";

/** A named context, and the folder it lies in if it is one. */
export interface OpenedName {
  readonly named: NamedContext;
  readonly folder?: string;
}

/** Reads a value. Throws OPTION_INVALID. */
export function parseNamedContext(name: string, value: string, cwd: string): OpenedName {
  if (value.startsWith("docker-image://")) return { named: { kind: "image", reference: value.slice("docker-image://".length) } };
  if (value.startsWith("oci-layout://"))
    throw notHere(`--build-context ${name}=${value}: OCI layouts are not read yet`, "load the image first: slipway load");
  if (isRemote(value))
    throw notHere(`--build-context ${name}=${value}: remote named contexts are not read yet`, "fetch it into a folder first");
  const folder = resolve(cwd, value);
  const stat = statSync(folder, { throwIfNoEntry: false });
  if (!stat?.isDirectory())
    throw badOption("--build-context", `${name}=${value}`, stat ? "it is not a folder" : "there is no such folder");
  return { named: { kind: "context" }, folder };
}
