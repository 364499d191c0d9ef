import assert from "node:assert/strict";
import { basename, dirname } from "node:path";
import { describe, test } from "node:test";
import { findProgram, serverSearchPath } from "./find-program.ts";

const folder = dirname(process.execPath);
const name = basename(process.execPath);

describe("findProgram()", () => {
  test("finds a program in one of the folders", () =>
    assert.equal(findProgram(name, `/nowhere:${folder}`), process.execPath));
  test("finds none that is not there", () =>
    assert.equal(findProgram("no-such-program", folder), undefined));
  test("finds nothing on an empty path, not even what lies in the current folder", () =>
    assert.equal(findProgram("package.json", ""), undefined));
});

test("serverSearchPath() looks where servers stand as well", () =>
  assert.match(serverSearchPath("/a"), /^\/a:.*\/usr\/sbin$/));
