/** `npm start`: reads the command line and runs a fleet until it is told to stop. */
import { readCommandLine } from "../chassis/command-line.ts";
import { FleetConfig } from "./config.ts";
import { runFleet } from "./run-fleet.ts";

const commandLine = readCommandLine(FleetConfig, {
  command: "npm start --",
  argv: process.argv.slice(2),
  env: process.env,
});
switch (commandLine.kind) {
  case "help":
    process.stdout.write(commandLine.text);
    break;
  case "invalid":
    process.stderr.write(`${commandLine.message}\n`);
    process.exitCode = 2;
    break;
  case "config":
    await runFleet({ ...commandLine.config, env: process.env });
}
