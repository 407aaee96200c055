/** Wildcards as COPY and ignore files write them: `*` and `?` stay within a name, `**` goes over folders. */

/** Whether a path matches as a whole. A pattern that is none matches itself alone. */
export function wildcard(pattern: string): (path: string) => boolean {
  const source = pattern.replace(/\*\*\/?|\*|\?|\[\^?[^\]]+\]|\\.|[^]/g, (token) => {
    if (token === "**/") return "(?:[^/]*/)*";
    if (token === "**") return ".*";
    if (token === "*") return "[^/]*";
    if (token === "?") return "[^/]";
    if (token.startsWith("[") && token.length > 2) return token.replaceAll("\\", "\\\\");
    const letter = token.length === 2 ? (token[1] as string) : token;
    return letter.replace(/[.*+?^${}()|[\]\\/]/, "\\$&");
  });
  try {
    const expression = new RegExp(`^${source}$`, "u");
    return (path) => expression.test(path);
  } catch {
    return (path) => path === pattern;
  }
}
