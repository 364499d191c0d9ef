/** Starts the chaos service: reads the command line, listens, stops on SIGTERM. */
import { runService } from "../chassis/run-service.ts";
import { ChaosConfig } from "./config.ts";
import { startChaos } from "./start-chaos.ts";

await runService({
  command: "npm run chaos --",
  schema: ChaosConfig,
  env: process.env,
  start: startChaos,
});
