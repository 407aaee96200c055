import type { Rule } from "../../rule.ts";

export const shellScriptArg: Rule = {
  name: "ShellScriptArg",
  code: "SW012",
  description: "A shell that is to run a command needs -c",
  advice: "The first argument of a shell is a file with a script; only after -c it is a command.",
  whole({ stages }, _around, tell) {
    for (const line of stages.flatMap(({ body }) => body)) {
      if ((line.kind !== "CMD" && line.kind !== "ENTRYPOINT" && line.kind !== "RUN") || line.command.form !== "exec") continue;
      const [shell = "", first = ""] = line.command.argv;
      if (!/^(.*\/)?(ba|da|a|z|k)?sh$/.test(shell) || !/^[a-z][a-z0-9_-]*(\s.*)?$/.test(first)) continue;
      const name = first.split(/\s/)[0];
      tell(line, `${shell.replace(/^.*\//, "")} would open a file called ${name}; put "-c" before it to run a command`);
    }
  },
};
