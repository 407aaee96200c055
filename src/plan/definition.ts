/** Comments right above a line that describe what the line defines: `# NAME what it is for`. */

/** The description of `name`, if a comment begins with the name. */
export function descriptionOf(comments: readonly string[], name: string): string | undefined {
  return comments
    .find((comment) => comment.startsWith(`${name} `))
    ?.slice(name.length + 1)
    .trim();
}
