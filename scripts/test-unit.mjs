// Runs the tests that need nothing from the machine: beside the code, and the map of the house.
import { spawnSync } from "node:child_process";
import { testFiles } from "./test-files.mjs";

const { status } = spawnSync(process.execPath, ["--import", "tsx", "--test", ...testFiles(["src", "test"], false)], {
  stdio: "inherit",
});
process.exit(status ?? 1);
