import type { Rule } from "../rule.ts";

export const jsonArgsRecommended: Rule = {
  name: "JSONArgsRecommended",
  aliases: ["DL3025"],
  description: "JSON arguments recommended for ENTRYPOINT/CMD to prevent unintended behavior related to OS signals",
  advice: "A shell between the container and its program does not pass signals on.",
  line(line, state, tell) {
    if ((line.kind !== "CMD" && line.kind !== "ENTRYPOINT") || line.command.form === "exec" || state.shell?.length) return;
    const { keyword } = line;
    tell(line, `JSON arguments recommended for ${keyword} to prevent unintended behavior related to OS signals`);
  },
};
