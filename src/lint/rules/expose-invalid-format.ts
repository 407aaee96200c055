import type { Rule } from "../rule.ts";
import { wordsOf } from "../variables.ts";

export const exposeInvalidFormat: Rule = {
  name: "ExposeInvalidFormat",
  description:
    "IP address and host-port mapping should not be used in EXPOSE instruction. This will become an error in a future release",
  advice: "EXPOSE names ports of the container; addresses and host ports are for run -p.",
  line(line, { scope, escape }, tell) {
    if (line.kind !== "EXPOSE") return;
    for (const port of line.ports.flatMap(({ raw }) => wordsOf(raw, scope, escape))) {
      const message = "EXPOSE instruction should not define an IP address or host-port mapping, found";
      if (port.includes(":")) tell(line, `${message} '${port}'`);
    }
  },
};
