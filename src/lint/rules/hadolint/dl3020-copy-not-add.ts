import type { Rule } from "../../rule.ts";
import { offsetOf } from "../../shell/script.ts";

export const copyNotAdd: Rule = {
  name: "DL3020",
  description: "COPY should be used for files and folders",
  advice: "ADD also fetches addresses and unpacks archives; COPY does what it says.",
  severity: "error",
  fixable: true,
  whole(file, _around, tell) {
    for (const line of file.stages.flatMap(({ body }) => body)) {
      if (line.kind !== "ADD" || line.flagsUsed.some((flag) => OWN.includes(flag))) continue;
      const sources = line.sources.map(({ raw }) => raw);
      if (sources.length === 0 || sources.some((source) => MORE_THAN_COPY.test(source))) continue;
      const start = offsetOf(file.source, line.range.start);
      const text = line.keyword === line.keyword.toLowerCase() ? "copy" : "COPY";
      // A folder can be named like an archive, and a wildcard may find one: then only the author knows.
      const certain = !sources.some((source) => /[*?[]/.test(source));
      tell(line, "ADD does no more than COPY here; use COPY", {
        edits: certain ? [{ start, end: start + line.keyword.length, text }] : undefined,
      });
    }
  },
};

const OWN = ["checksum", "keep-git-dir", "unpack"];
const MORE_THAN_COPY = /^\w+:\/\/|^git@|\$|\.(tar|gz|bz2|xz|zst|tgz|tbz2?|txz|lzma|Z|git)$/;
