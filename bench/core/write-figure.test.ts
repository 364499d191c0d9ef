import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { writeBytes, writeFigure, writeUnit } from "./write-figure.ts";

describe("writeFigure()", () => {
  for (const [value, expected] of [
    [0, "0.00"],
    [0.804, "0.80"],
    [9.99, "9.99"],
    [10, "10.0"],
    [99.94, "99.9"],
    [100, "100"],
    [63_455.14, "63,455"],
  ] as const) {
    test(`${value} is ${expected}`, () => assert.equal(writeFigure(value), expected));
  }
});

describe("writeBytes()", () => {
  for (const [bytes, expected] of [
    [1_023, "1,023 B"],
    [1_024, "1 KiB"],
    [1_025, "1,025 B"],
    [2_048, "2 KiB"],
    [1_048_576, "1 MiB"],
  ] as const) {
    test(`${bytes} is ${expected}`, () => assert.equal(writeBytes(bytes), expected));
  }
});

describe("writeUnit()", () => {
  test("names each part in its order", () =>
    assert.equal(
      writeUnit({ request: "manifest", objectBytes: 2_048, connections: 1_000, sourceFiles: 3 }),
      "manifest · 2 KiB objects · 1,000 connections · 3 source files",
    ));
});
