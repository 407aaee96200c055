/** `--cidfile`: the ID of a container in a file of its own. */
import { rmSync, writeFileSync } from "node:fs";
import type { Call } from "../command.ts";
import { fileFailed, idFileThere } from "../errors.ts";

/** Returns what writes the ID, which does nothing where no file is asked for. Throws ID_FILE_THERE, FILE_FAILED. */
export function idFile({ flags }: Call): (id: string) => void {
  const path = flags.text("cidfile");
  if (!path) return () => {};
  try {
    // It is tried before there is a container, and made when there is one.
    writeFileSync(path, "", { flag: "wx" });
    rmSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw idFileThere(path);
    throw fileFailed(path, error as NodeJS.ErrnoException);
  }
  return (id) => writeFileSync(path, id);
}
