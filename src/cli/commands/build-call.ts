/** `build --call`: what is asked about a file instead of building it, in buildx's forms. */
import type { BuildOptions } from "../../api/index.ts";
import type { SlipwayError } from "../../core/index.ts";
import { openBench } from "../bench.ts";
import type { Call } from "../command.ts";
import { unknownCall } from "../errors.ts";
import { checkReport } from "../report.ts";
import {
  checkJson,
  describeJson,
  describeText,
  goJson,
  outlineJson,
  outlineText,
  targetsJson,
  targetsText,
} from "./call-report.ts";
import type { Request } from "./call-request.ts";

/** Prints the answer and ends with the exit code. What is wrong with the file is thrown after it. */
export async function answerCall(request: Request, options: BuildOptions, call: Call): Promise<number> {
  const { checkFile, listTargets, outlineFile } = await import("../../api/index.ts");
  const { console } = call;
  switch (request.method.replace(/^frontend\./, "")) {
    case "check":
    case "lint": {
      const { warnings, found, source, error } = await checkFile(openBench(call), options);
      if (request.json) console.print(goJson(checkJson(found, source, error)));
      else if (!error || warnings.length > 0) console.print(`${checkReport(warnings, source)}${error ? "\n" : ""}`);
      return statusOf(error, warnings.length, request);
    }
    case "outline": {
      const outline = await outlineFile(openBench(call), options);
      console.print(request.json ? goJson(outlineJson(outline)) : outlineText(outline));
      return 0;
    }
    case "targets": {
      const { targets, source } = await listTargets(openBench(call), options);
      console.print(request.json ? goJson(targetsJson(targets, source)) : targetsText(targets));
      return 0;
    }
    case "subrequests.describe":
      console.print(request.json ? goJson(describeJson()) : describeText());
      return 0;
    default:
      throw unknownCall(request.method);
  }
}

function statusOf(error: SlipwayError | undefined, warnings: number, { ignoreStatus }: Request): number {
  if (ignoreStatus) return 0;
  if (error) throw error;
  return warnings > 0 ? 1 : 0;
}
