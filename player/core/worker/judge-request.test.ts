import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeRequest, type PageRequest } from "./judge-request.ts";

const BY_SCRIPT: PageRequest = { method: "GET", mode: "cors", destination: "", rangeHeader: null };

for (const [what, request, expected] of [
  ["what a script asks for", {}, "may-answer"],
  ["the same on the page's own host", { mode: "same-origin" }, "may-answer"],
  ["a range", { rangeHeader: "bytes=0-99" }, { first: 0, last: 99 }],
  ["a range of one byte", { rangeHeader: "bytes=7-7" }, { first: 7, last: 7 }],
  ["a range that runs backwards", { rangeHeader: "bytes=8-7" }, "open-range"],
  ["a range without an end", { rangeHeader: "bytes=7-" }, "open-range"],
  ["the last bytes", { rangeHeader: "bytes=-7" }, "open-range"],
  ["several ranges", { rangeHeader: "bytes=0-1,4-5" }, "open-range"],
  ["another unit", { rangeHeader: "lines=0-1" }, "open-range"],
  ["a report", { method: "POST" }, "not-a-get"],
  ["a head", { method: "HEAD" }, "not-a-get"],
  ["a picture", { destination: "image" }, "not-by-a-script"],
  ["a video element's own request", { destination: "video", mode: "no-cors" }, "not-by-a-script"],
  ["a page", { destination: "document", mode: "navigate" }, "not-by-a-script"],
  ["a beacon", { mode: "no-cors" }, "opaque"],
] as const) {
  test(`${what}: ${JSON.stringify(expected)}`, () => {
    const judgement = judgeRequest({ ...BY_SCRIPT, ...request });
    const seen =
      judgement.verdict === "pass" ? judgement.reason : (judgement.range ?? judgement.verdict);
    assert.deepEqual(seen, expected);
  });
}
