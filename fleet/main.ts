/** `npm start`: reads the command line and runs a fleet until it is told to stop. */
import { runProgram } from "../chassis/run-program.ts";
import { FleetConfig } from "./config.ts";
import { runFleet } from "./run-fleet.ts";

await runProgram({
  command: "npm start --",
  schema: FleetConfig,
  env: process.env,
  run: (config) => runFleet({ ...config, env: process.env }),
});
