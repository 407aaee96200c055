/** What is otherwise than it was when an earlier build made a step: the answer to "why was this not cached?" */

/** A file that is otherwise. */
export interface FileChange {
  /** From the root of what was copied from, without a slash at the front. */
  readonly path: string;
  readonly change: "content" | "link" | "type" | "mode" | "owner" | "attributes" | "added" | "removed" | "ignored";
  /** `ignored`: the pattern of the ignore file that excludes it now. */
  readonly pattern?: string;
}

export type Change =
  /** A part of the step itself, such as its command or a mount. What is not there is left out. */
  | { readonly kind: "step"; readonly what: string; readonly before?: string; readonly now?: string }
  /** A variable that the step sees, from ARG or ENV. Values of those that look like secrets are left out. */
  | { readonly kind: "variable"; readonly name: string; readonly before?: string; readonly now?: string; readonly hidden?: true }
  /** Files that the step takes from `from`: the first of them, and how many there are; none are known where `total` is 0. */
  | { readonly kind: "files"; readonly from: string; readonly total: number; readonly files: readonly FileChange[] }
  /** An image has other layers: `before` and `now` are digests of manifests. */
  | { readonly kind: "image"; readonly name: string; readonly before?: string; readonly now?: string }
  /** A source of another kind, such as a git repository or a download, has other content. */
  | { readonly kind: "source"; readonly name: string }
  /** The step stands on another one that has changed, or takes all it makes. */
  | { readonly kind: "below"; readonly name: string }
  /** The step stands on another one than before. */
  | { readonly kind: "moved"; readonly before: string; readonly now: string }
  /** Nothing changed, but the layer is not in the store any more. */
  | { readonly kind: "lost" }
  /** Nothing changed, but the cache was not to be used. */
  | { readonly kind: "no-cache" };
