import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  familyOf,
  readAllowedProcessors,
  readBytesRead,
  readChildrenCpuTicks,
  readProcessStat,
  readResidentBytes,
} from "./read-proc.ts";

const STAT =
  "4711 (nginx) S 4700 4700 4700 0 -1 4194624 900 0 3 0 250 31 7 5 20 0 1 0 123 9000000 800";

describe("readProcessStat()", () => {
  test("adds user and system time, and leaves out that of ended children", () =>
    assert.deepEqual(readProcessStat(STAT), { parentPid: 4700, cpuTicks: 281 }));
  test("is not misled by a name with brackets and spaces", () => {
    const text = STAT.replace("(nginx)", "(a) S 1 (b)");
    assert.deepEqual(readProcessStat(text), { parentPid: 4700, cpuTicks: 281 });
  });
  test("refuses what is no stat line", () =>
    assert.throws(() => readProcessStat("4711 (nginx) S"), TypeError));
});

test("readChildrenCpuTicks() adds user and system time of the ended children alone", () =>
  assert.equal(readChildrenCpuTicks(STAT), 12));

describe("readResidentBytes()", () => {
  test("reads kibibytes", () =>
    assert.equal(readResidentBytes("Name:\tnginx\nVmRSS:\t    2048 kB\nThreads:\t1\n"), 2_097_152));
  test("is 0 for a process without memory", () =>
    assert.equal(readResidentBytes("Name:\tnginx\nState:\tZ (zombie)\n"), 0));
});

describe("readBytesRead()", () => {
  test("counts what was read from the kernel's memory as well", () =>
    assert.equal(readBytesRead("rchar: 4096\nwchar: 1\nread_bytes: 0\n"), 4_096));
  test("refuses what says nothing of it", () =>
    assert.throws(() => readBytesRead("wchar: 1\n"), TypeError));
});

describe("readAllowedProcessors()", () => {
  for (const [list, expected] of [
    ["0", [0]],
    ["0-1", [0, 1]],
    ["0-2,8,10-11", [0, 1, 2, 8, 10, 11]],
  ] as const) {
    test(`of ${list} is ${expected.join(" ")}`, () =>
      assert.deepEqual(readAllowedProcessors(`Cpus_allowed_list:\t${list}\n`), expected));
  }
  test("knows none where nothing is said", () => assert.deepEqual(readAllowedProcessors(""), []));
});

describe("familyOf()", () => {
  const parents = new Map([
    [2, 1],
    [3, 2],
    [4, 2],
    [5, 3],
    [9, 1],
  ]);
  test("is the process with all its descendants", () =>
    assert.deepEqual(familyOf(2, parents), [2, 3, 5, 4]));
  test("is the process alone where it has no children", () =>
    assert.deepEqual(familyOf(9, parents), [9]));
});
