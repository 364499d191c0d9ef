/** Finds the parts of a checkout of the HTTP cache suite: its releases and its repository differ. */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { BenchError } from "../errors.ts";

export type Suite = {
  readonly folder: string;
  /** For people: its name and version. */
  readonly title: string;
  readonly server: string;
  readonly runner: string;
  /** Modules whose default export is a list of groups, or one group. */
  readonly groups: readonly string[];
  /** With which client it was written: Node's own sends other request fields than the package. */
  readonly fetch: "node-fetch" | "of-node";
};

/** The release of 2021 that npm has, which is installed with the other packages. */
const INSTALLED = join(import.meta.dirname, "..", "..", "node_modules", "http-cache-tests");
/** The releases have their programs at the top, the repository in a folder of their own. */
const ENGINE_FOLDERS = ["test-engine", "."];

/** @throws {BenchError} for a folder that does not hold the suite. */
export function findSuite(wanted: string = INSTALLED): Suite {
  const folder = resolve(wanted);
  const engine = ENGINE_FOLDERS.map((name) => join(folder, name)).find((candidate) =>
    existsSync(join(candidate, "client", "runner.mjs")),
  );
  const index = join(folder, "tests", "index.mjs");
  if (engine === undefined || !existsSync(index)) {
    throw new BenchError(
      `${wanted} is no checkout of http-cache-tests: it has no client or tests.`,
    );
  }
  const program = join(engine, "cli.mjs");
  const commandLine = existsSync(program) ? readFileSync(program, "utf8") : "";
  return {
    folder,
    title: titleOf(folder),
    server: join(engine, "server", "server.mjs"),
    runner: join(engine, "client", "runner.mjs"),
    groups: [index, ...addedBy(commandLine, folder)],
    fetch: /from 'node-fetch/.test(commandLine) ? "node-fetch" : "of-node",
  };
}

/** Its own command line runs groups that the index does not have: `Surrogate-Control` in 0.4.5. */
function addedBy(commandLine: string, folder: string): string[] {
  const imported = commandLine.matchAll(/from '\.{1,2}\/tests\/([\w-]+\.mjs)'/g);
  return Array.from(imported, ([, name = ""]) => name)
    .filter((name) => name !== "index.mjs")
    .map((name) => join(folder, "tests", name))
    .filter((path) => existsSync(path));
}

function titleOf(folder: string): string {
  const { name = "http-cache-tests", version = "" } = JSON.parse(
    readFileSync(join(folder, "package.json"), "utf8"),
  ) as { name?: string; version?: string };
  return `${name} ${version}`.trim();
}
