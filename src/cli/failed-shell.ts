/** `build --on-error=shell`: a shell where a step failed. */
import type { BuildOptions } from "../api/index.ts";
import { type ProgressEvent, SlipwayError } from "../core/index.ts";
import type { Call } from "./command.ts";
import { badOptionValue, shellNeedsTerminal } from "./errors.ts";
import type { ProgressDisplay } from "./progress.ts";
import { renderError } from "./report.ts";

/** The hooks of a build whose display keeps silent while a shell has the terminal. Throws NOT_A_TERMINAL. */
export function failureHooks(call: Call, display: ProgressDisplay): Pick<BuildOptions, "onProgress" | "onFailure"> {
  const asked = call.flags.text("on-error") ?? "stop";
  if (asked === "stop") return { onProgress: (event) => display.on(event) };
  if (asked !== "shell") throw badOptionValue("--on-error", asked, "there are stop and shell");
  const { console, signal } = call;
  const terminal = console.terminal("stderr");
  if (!console.stdin.isTTY || !terminal) throw shellNeedsTerminal();
  let held: ProgressEvent[] | undefined;
  return {
    onProgress: (event) => {
      if (held) held.push(event);
      else display.on(event);
    },
    async onFailure(failed) {
      display.pause?.();
      held = [];
      const words = `exit code ${failed.exitCode}. This is a shell in its place; leave it to end the build.`;
      console.error(`\n${failed.name} failed with ${words}\n`);
      try {
        await failed.run([failed.shell], { inherit: true, stdin: true }, { signal, terminal });
      } catch (error) {
        // That there is no shell must not hide why the build failed.
        if (!(error instanceof SlipwayError)) throw error;
        console.error(renderError(error));
      } finally {
        const events = held;
        held = undefined;
        for (const event of events) display.on(event);
      }
    },
  };
}
