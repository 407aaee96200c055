import { contextPath } from "../../copied-files.ts";
import type { Rule, Surroundings } from "../../rule.ts";
import { offsetOf } from "../../shell/script.ts";

export const copyNotAdd: Rule = {
  name: "DL3020",
  description: "COPY should be used for files and folders",
  advice: "ADD also fetches addresses and unpacks archives; COPY does what it says.",
  severity: "error",
  fixable: true,
  whole(file, around, tell) {
    for (const line of file.stages.flatMap(({ body }) => body)) {
      if (line.kind !== "ADD" || line.flagsUsed.some((flag) => OWN.includes(flag))) continue;
      const sources = line.sources.map(({ raw }) => raw);
      if (sources.length === 0 || sources.some((source) => MORE_THAN_COPY.test(source))) continue;
      const start = offsetOf(file.source, line.range.start);
      const text = line.keyword === line.keyword.toLowerCase() ? "copy" : "COPY";
      const certain = sources.every((source) => isNoArchive(source, around));
      tell(line, "ADD does no more than COPY here; use COPY", {
        edits: certain ? [{ start, end: start + line.keyword.length, text }] : undefined,
      });
    }
  },
};

const OWN = ["checksum", "keep-git-dir", "unpack"];
const MORE_THAN_COPY = /^\w+:\/\/|^git@|\$|\.(tar|gz|bz2|xz|zst|tgz|tbz2?|txz|lzma|Z|git)$/;

/** ADD knows archives by their content, so a name without an ending says nothing, and a wildcard may find one. */
function isNoArchive(source: string, { context }: Surroundings): boolean {
  if (/[*?[]/.test(source)) return false;
  return /(^\.?|\/)$|\.[A-Za-z]\w*$/.test(source) || context?.entries.get(contextPath(source))?.folder === true;
}
