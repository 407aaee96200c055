/** What a RUN may borrow from the one who builds, and never keeps: secrets and SSH agents. */
import { readFileSync } from "node:fs";
import { SlipwayError } from "../core/index.ts";
import { secretMissing, secretUnreadable, sshMissing } from "./errors.ts";

/** Where a secret comes from. */
export type SecretSource = { readonly file: string } | { readonly value: string };

/** What was offered with `--secret` and `--ssh`. */
export interface Loans {
  readonly secrets: ReadonlyMap<string, SecretSource>;
  /** Sockets of SSH agents by ID. */
  readonly ssh: ReadonlyMap<string, string>;
}

/** The bytes of a secret; undefined if it was not offered and need not be. Throws SECRET_MISSING, SECRET_UNREADABLE. */
export function secretOf(loans: Loans, id: string, required: boolean): Buffer | undefined {
  const source = loans.secrets.get(id);
  if (!source) {
    if (required) throw secretMissing(id);
    return undefined;
  }
  if ("value" in source) return Buffer.from(source.value);
  try {
    return readFileSync(source.file);
  } catch (error) {
    if (error instanceof SlipwayError) throw error;
    throw secretUnreadable(id, source.file, error);
  }
}

/** The socket of an SSH agent; undefined if it was not offered and need not be. Throws SSH_MISSING. */
export function sshSocketOf(loans: Loans, id: string, required: boolean): string | undefined {
  const socket = loans.ssh.get(id);
  if (!socket && required) throw sshMissing(id);
  return socket;
}
