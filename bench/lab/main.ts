/** `npm run lab`: players through faults in a real browser, and a score card of how they fared. */
import { runProgram } from "../../chassis/run-program.ts";
import { LabConfig } from "./config.ts";
import { runLab } from "./run-lab.ts";

await runProgram({
  command: "npm run lab --",
  schema: LabConfig,
  env: process.env,
  run: async (config) => {
    process.exit(await runLab({ ...config, env: process.env }));
  },
});
