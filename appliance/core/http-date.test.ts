import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { formatHttpDate, httpDateMs } from "./http-date.ts";

const DATE = "Sun, 06 Nov 1994 08:49:37 GMT";
const DATE_MS = 784_111_777_000;

describe("httpDateMs()", () => {
  for (const text of [
    DATE,
    "Sunday, 06-Nov-94 08:49:37 GMT",
    "Sun Nov  6 08:49:37 1994",
    "SUN, 06 nov 1994 08:49:37 gmt",
  ]) {
    test(`reads ${text}`, () => assert.equal(httpDateMs(text), DATE_MS));
  }
  for (const text of [
    undefined,
    "",
    "0",
    "tomorrow",
    "2020-01-01",
    "Sun, 06 Nov 1994 08:49:37 EST",
    "Sun 06 Nov 1994 08:49:37 GMT",
    "Sun, 06  Nov 1994 08:49:37 GMT",
    "Sun, 06-Nov-1994 08:49:37 GMT",
    "Sun, 06 Nov 94 08:49:37 GMT",
    "Sun, 06 Nov 1994 8:49:37 GMT",
    "Sun, 06 Nov 1994 08.49.37 GMT",
    "Sun, 06 Nov 1994 24:00:00 GMT",
    "Sun, 32 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nox 1994 08:49:37 GMT",
  ]) {
    test(`refuses ${text}`, () => assert.equal(httpDateMs(text), undefined));
  }
});

test("httpDateMs() takes a year of two digits for one that is near", () => {
  assert.equal(
    formatHttpDate(httpDateMs("Thursday, 18-Aug-50 02:01:18 GMT") ?? 0).slice(12, 16),
    "2050",
  );
  assert.equal(formatHttpDate(httpDateMs("Sunday, 06-Nov-94 08:49:37 GMT") ?? 0), DATE);
});

test("what formatHttpDate() writes is read back, to the second", () =>
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (seconds) => {
      assert.equal(httpDateMs(formatHttpDate(seconds * 1000)), seconds * 1000);
    }),
  ));
