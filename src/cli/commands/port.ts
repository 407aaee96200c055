import { findContainer } from "../../api/index.ts";
import { openBench } from "../bench.ts";
import type { Command } from "../command.ts";
import { portNotPublished } from "../errors.ts";

/** `slipway port`. */
export const command: Command = {
  usage: "CONTAINER [PRIVATE_PORT[/PROTO]]",
  flags: [],
  arguments: { min: 1, max: 2 },
  errorPrefix: "Error response from daemon: ",
  async run(call) {
    const [name = "", wanted] = call.args;
    const { ports } = findContainer(openBench(call), name);
    const number = wanted === undefined ? undefined : Number(wanted.replace(/\/tcp$/, ""));
    const found = ports.filter(({ containerPort }) => number === undefined || containerPort === number);
    if (wanted !== undefined && found.length === 0) throw portNotPublished(wanted, name);
    for (const { containerPort, hostAddress, hostPort } of found) {
      call.console.print(`${wanted === undefined ? `${containerPort}/tcp -> ` : ""}${hostAddress}:${hostPort}\n`);
    }
    return 0;
  },
};
