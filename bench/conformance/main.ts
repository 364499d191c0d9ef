/** `npm run conformance`: the public HTTP cache suite against one of our appliances. */
import { runProgram } from "../../chassis/run-program.ts";
import { serverSearchPath } from "../processes/find-program.ts";
import { ConformanceConfig } from "./config.ts";
import { runConformance } from "./run-conformance.ts";

await runProgram({
  command: "npm run conformance --",
  schema: ConformanceConfig,
  env: process.env,
  run: async (config) => {
    const searchPath = serverSearchPath(process.env["PATH"] ?? "");
    process.exit(await runConformance({ ...config, searchPath }));
  },
});
