/** Starts the steering service: reads the command line, listens, stops on SIGTERM. */
import { runService } from "../chassis/run-service.ts";
import { SteeringConfig } from "./config.ts";
import { startSteering } from "./start-steering.ts";

await runService({
  command: "npm run steering --",
  schema: SteeringConfig,
  env: process.env,
  start: startSteering,
});
