import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Value } from "typebox/value";
import { Fault } from "../../../chaos/contract/faults.ts";
import {
  FAULT_GROUPS,
  faultSpanOf,
  findLabFault,
  LAB_FAULTS,
  type LabFault,
  runSecondsOf,
} from "./lab-fault.ts";

const COURSE = { faultAtSeconds: 14, faultSeconds: 30, afterSeconds: 25 };
const named = (name: string) => findLabFault(name) as LabFault;

test("no two have the same name", () =>
  assert.equal(new Set(LAB_FAULTS.map(({ name }) => name)).size, LAB_FAULTS.length));

test("whatever a proxy is to do, a proxy can", () => {
  const asked = LAB_FAULTS.flatMap(({ blow }) => {
    if (blow.by === "both") return [blow.first, blow.second];
    return blow.by === "proxy" || blow.by === "steering" ? [blow.fault] : [];
  });
  for (const fault of asked) {
    assert.ok(Value.Check(Fault, { ...fault, seconds: 30 }), fault.fault);
  }
});

test("every fault of the proxy is there, in mid-play and at the start", () => {
  const names = Fault.anyOf.map(({ properties }) => properties.fault.const);
  for (const name of names) {
    assert.ok(findLabFault(name), name);
    assert.ok(findLabFault(`${name}@start`), name);
  }
});

describe("faultSpanOf() and runSecondsOf()", () => {
  for (const [name, span, runSeconds] of [
    ["none", undefined, 69],
    ["blackhole", [14, 44], 69],
    ["blackhole@start", [0, 30], 55],
    ["offline", [14, 19], 44],
    ["restart", [14, 17], 42],
  ] as const) {
    test(name, () => {
      const found = faultSpanOf(named(name), COURSE);
      assert.deepEqual(found && [found.fromSeconds, found.toSeconds], span);
      assert.equal(runSecondsOf(named(name), COURSE), runSeconds);
    });
  }
  test("what is short by nature is never longer than asked for", () =>
    assert.deepEqual(faultSpanOf(named("offline"), { ...COURSE, faultSeconds: 2 }), {
      fromSeconds: 14,
      toSeconds: 16,
    }));
});

test("the groups divide them", () => {
  const count = (group: string) =>
    LAB_FAULTS.filter((fault) => FAULT_GROUPS[group]?.(fault)).length;
  assert.equal(count("midplay") + count("startup"), count("all"));
  assert.equal(count("all"), LAB_FAULTS.length);
});

test("an unknown name finds nothing", () => assert.equal(findLabFault("none@start"), undefined));
