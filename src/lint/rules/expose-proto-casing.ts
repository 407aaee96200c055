import type { Rule } from "../rule.ts";
import { wordsOf } from "../variables.ts";

export const exposeProtoCasing: Rule = {
  name: "ExposeProtoCasing",
  description: "Protocol in EXPOSE instruction should be lowercase",
  advice: "Protocols of ports are written in small letters.",
  fixable: true,
  line(line, { scope, escape }, tell) {
    if (line.kind !== "EXPOSE") return;
    for (const { raw, range } of line.ports) {
      for (const port of wordsOf(raw, scope, escape)) {
        const protocol = port.slice(port.indexOf("/"));
        if (!port.includes("/") || protocol === protocol.toLowerCase()) continue;
        const replace = port === raw ? [{ range, text: port.toLowerCase() }] : [];
        tell(line, `Defined protocol '${port}' in EXPOSE instruction should be lowercase`, { replace });
      }
    }
  },
};
