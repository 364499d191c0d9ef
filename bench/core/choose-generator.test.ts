import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { chooseGenerator } from "./choose-generator.ts";

const BUSY = 0.99;
const IDLE = 0.5;
const look = (serverCpuShare: number, generatorCpuShare: number) => ({
  serverCpuShare,
  generatorCpuShare,
});

describe("chooseGenerator()", () => {
  for (const [circumstance, looks, generator] of [
    ["every server is busy", [look(BUSY, BUSY), look(BUSY, IDLE)], "autocannon"],
    ["neither side is", [look(IDLE, IDLE)], "autocannon"],
    ["one server waits for it", [look(BUSY, BUSY), look(IDLE, BUSY)], "wrk"],
  ] as const) {
    test(`is ${generator} where ${circumstance}`, () =>
      assert.equal(chooseGenerator(looks).generator, generator));
  }
});
