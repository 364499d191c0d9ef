/**
 * Reads the command line of a program and runs it, or says what is wrong: help goes to stdout, a
 * mistake is one line on stderr and exit code 2.
 */
import type { Static, TObject } from "typebox";
import { readCommandLine } from "./command-line.ts";

export type Program<Schema extends TObject> = {
  /** What it is called in its help, such as `npm run appliance --`. */
  readonly command: string;
  readonly schema: Schema;
  /** `process.env`, which only a `main.ts` may read. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly run: (config: Static<Schema>) => Promise<void>;
};

/** Called where a program starts, and only there. */
export async function runProgram<Schema extends TObject>({
  schema,
  run,
  ...input
}: Program<Schema>): Promise<void> {
  const commandLine = readCommandLine(schema, { ...input, argv: process.argv.slice(2) });
  switch (commandLine.kind) {
    case "help":
      process.stdout.write(commandLine.text);
      return;
    case "invalid":
      process.stderr.write(`${commandLine.message}\n`);
      process.exitCode = 2;
      return;
    case "config":
      await run(commandLine.config);
  }
}
