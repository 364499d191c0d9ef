/** `npm run bench`: reads the command line and runs the benches that it names. */
import { readCommandLine } from "../chassis/command-line.ts";
import { BenchConfig } from "./config.ts";
import { serverSearchPath } from "./processes/find-program.ts";
import { runBenches } from "./run-benches.ts";

const commandLine = readCommandLine(BenchConfig, {
  command: "npm run bench --",
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
    process.exit(
      await runBenches({
        ...commandLine.config,
        searchPath: serverSearchPath(process.env["PATH"] ?? ""),
      }),
    );
}
