/** Commands that take several names: an error of one does not stop the others. */
import { SlipwayError } from "../core/index.ts";
import type { Call } from "./command.ts";
import { renderDockerError, renderError } from "./report.ts";

/** Does the work for each name and prints what fails. Returns the exit code: 1 if anything did. */
export async function forEachName(call: Call, prefix: string, work: (name: string) => Promise<void> | void): Promise<number> {
  let code = 0;
  for (const name of call.args) {
    try {
      await work(name);
    } catch (error) {
      if (!(error instanceof SlipwayError)) throw error;
      call.console.error(call.settings.ownMessages ? renderError(error) : renderDockerError(error, prefix));
      code = 1;
    }
  }
  return code;
}
