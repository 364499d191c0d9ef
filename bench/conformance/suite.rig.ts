/** A suite of three tests in a folder of its own, laid out as the real one is. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";

const SERVER = `
import { createServer } from "node:http";
const server = createServer((request, response) => {
  response.statusCode = request.method === "PUT" ? 201 : 200;
  response.end(server.address().address);
});
server.listen(process.env.npm_config_port);
`;

/** The test "on-loopback" passes where the server listens on loopback; "fails" never does. */
const RUNNER = `
const results = {};
export async function runTests(groups, fetch, isBrowser, baseUrl) {
  for (const { id } of groups.flatMap(({ tests }) => tests)) {
    await fetch(baseUrl + "/config/" + id, { method: "PUT" });
    const address = await (await fetch(baseUrl + "/test/" + id)).text();
    results[id] = id !== "fails" && address === "127.0.0.1" ? true : ["Assertion", "No: " + address];
  }
}
export function getResults() { return results; }
`;

const GROUPS = `
export default [{ id: "small", tests: [
  { id: "on-loopback" }, { id: "fails", kind: "optimal" }, { id: "for-browsers", browser_only: true },
] }];
`;
const MORE = `export default { id: "more", tests: [{ id: "follows", depends_on: ["fails"] }] };`;
const COMMAND_LINE = `
import tests from './tests/index.mjs'
import more from './tests/more.mjs'
`;

export function layOutSuite(t: TestContext, engine: "." | "test-engine"): string {
  const folder = mkdtempSync(join(tmpdir(), "suite-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const files = {
    "package.json": `{ "name": "a-suite", "version": "1.2.3" }`,
    "tests/index.mjs": GROUPS,
    "tests/more.mjs": MORE,
    [join(engine, "client/runner.mjs")]: RUNNER,
    [join(engine, "server/server.mjs")]: SERVER,
    [join(engine, "cli.mjs")]: engine === "." ? COMMAND_LINE : COMMAND_LINE.replaceAll("./", "../"),
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}
