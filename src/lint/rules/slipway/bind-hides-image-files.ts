import type { RunRule } from "../../run-rule.ts";

export const bindHidesImageFiles: RunRule = {
  name: "BindHidesImageFiles",
  code: "SW007",
  severity: "warning",
  description: "A folder of the host should not be put over files of the image",
  advice:
    "What the image has in the folder is not there for the container, as if it were gone; bind to a folder that the image leaves empty.",
  run: ({ hidden }) =>
    hidden.map(({ target, count, more, example }) => {
      const files = more ? `more than ${count} files` : count === 1 ? "a file" : `${count} files`;
      return `the bind to ${target} hides ${files} of the image, ${count === 1 && !more ? "" : "e.g. "}${example}`;
    }),
};
