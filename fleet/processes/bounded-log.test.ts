import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { openBoundedLog } from "./bounded-log.ts";

test("a log keeps what is new and, once, what was before it", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "understudy-log-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "deep/one.log");
  const log = openBoundedLog({ file, maxBytes: 10 });
  for (const text of ["1111\n", "2222\n", "3333\n", "4444\n", "5555\n"]) log.write(text);
  log.close();
  assert.equal(readFileSync(file, "utf8"), "5555\n");
  assert.equal(readFileSync(`${file}.1`, "utf8"), "3333\n4444\n");

  const again = openBoundedLog({ file, maxBytes: 10 });
  again.write("6666\n");
  again.close();
  assert.equal(readFileSync(file, "utf8"), "5555\n6666\n");
});
