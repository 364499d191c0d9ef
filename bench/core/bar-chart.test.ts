import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { barChart, isOurs } from "./bar-chart.ts";

const mediansOf = (html: string) =>
  Array.from(html.matchAll(/--median:([\d.]+%)/g), ([, share]) => share);

describe("barChart()", () => {
  const chart = (values: readonly number[]) =>
    barChart({
      title: "Requests <a second>",
      better: "more",
      bars: values.map((value) => ({ name: "nginx", value, text: String(value) })),
    });

  test("draws each bar as its share of the longest", () =>
    assert.deepEqual(mediansOf(chart([50, 200, 100])), ["25.00%", "100.00%", "50.00%"]));
  test("draws nothing where all is zero, or below it", () => {
    assert.deepEqual(mediansOf(chart([0, 0])), ["0.00%", "0.00%"]);
    assert.deepEqual(mediansOf(chart([-5, 10])), ["0.00%", "100.00%"]);
  });
  test("measures by the highest round, and draws the range", () => {
    const html = barChart({
      title: "p99",
      better: "less",
      bars: [{ name: "us", value: 50, text: "50", range: { lowest: 25, highest: 100 } }],
    });
    assert.match(html, /--median:50\.00%;--lowest:25\.00%;--highest:100\.00%/);
    assert.match(html, /class="range"/);
  });
  test("escapes what it is given, and says which way is better", () =>
    assert.match(chart([1]), /Requests &lt;a second&gt; <span>more is better/));
});

describe("isOurs()", () => {
  for (const [name, expected] of [
    ["understudy", true],
    ["understudy (disk)", true],
    ["understudyish", false],
    ["nginx", false],
  ] as const) {
    test(`${name}: ${expected}`, () => assert.equal(isOurs(name), expected));
  }
});
