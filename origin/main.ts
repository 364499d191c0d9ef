/** Starts the origin: reads the command line, listens, stops on SIGTERM. */
import { runService } from "../chassis/run-service.ts";
import { OriginConfig } from "./config.ts";
import { startOrigin } from "./start-origin.ts";

await runService({
  command: "npm run origin --",
  schema: OriginConfig,
  env: process.env,
  // Folders are given as seen from where the command is called.
  start: (config) => startOrigin(config, process.cwd()),
});
