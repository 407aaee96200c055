/** Where files come from. */
import type { Digest } from "../core/index.ts";

/** A file whose content stands in the Dockerfile (COPY with a heredoc). */
export interface InlineFile {
  /** Relative, as it was named. */
  readonly path: string;
  readonly content: string;
}

export type Source =
  /**
   * An image. Only `diffIds` tell what its files are: two manifests with the same layers are one source.
   * `reference` and `manifest` say where to fetch it from; `local` that the store has it.
   */
  | {
      readonly kind: "image";
      readonly reference: string;
      readonly manifest: Digest;
      /** `os/arch[/variant]`. */
      readonly platform: string;
      readonly diffIds: readonly Digest[];
    }
  /** The build context (`context`) or a named one, as `build` was given it. */
  | { readonly kind: "context"; readonly name: string }
  | {
      readonly kind: "git";
      readonly url: string;
      readonly ref: string;
      readonly subdir: string;
      readonly checksum?: string;
      readonly keepGitDir: boolean;
      readonly submodules: boolean;
    }
  | {
      readonly kind: "http";
      readonly url: string;
      readonly checksum?: Digest;
      /** Name to keep it under; otherwise what the server or the URL says. */
      readonly fileName?: string;
    }
  | { readonly kind: "inline"; readonly files: readonly InlineFile[] };
