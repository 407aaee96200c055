import { logout, shownRegistry } from "../../api/index.ts";
import { registrySettings } from "../bench.ts";
import type { Command } from "../command.ts";

/** `slipway logout`. */
export const command: Command = {
  usage: "[SERVER]",
  flags: [],
  arguments: { min: 0, max: 1 },
  errorPrefix: "Error: ",
  async run(call) {
    const [server] = call.args;
    call.console.print(`Removing login credentials for ${shownRegistry(server)}\n`);
    await logout({ registry: registrySettings(call) }, server);
    return 0;
  },
};
