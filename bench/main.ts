/** `npm run bench`: reads the command line and runs the benches that it names. */
import { runProgram } from "../chassis/run-program.ts";
import { BenchConfig } from "./config.ts";
import { serverSearchPath } from "./processes/find-program.ts";
import { runBenches } from "./run-benches.ts";

await runProgram({
  command: "npm run bench --",
  schema: BenchConfig,
  env: process.env,
  run: async (config) => {
    const searchPath = serverSearchPath(process.env["PATH"] ?? "");
    process.exit(await runBenches({ ...config, searchPath }));
  },
});
