import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Admission } from "./admission.ts";
import { newSecondHit, secondHit } from "./second-hit.ts";

const verdict = (admission: Admission, key: string) => {
  const { action, reason } = admission.decide(key, 1_000);
  return `${action} ${reason}`;
};

describe("second hit", () => {
  test("refuses what is asked for once, however often it asks itself", () => {
    const admission = newSecondHit({ random: () => 0 });
    admission.onRequest("/a");
    assert.equal(verdict(admission, "/a"), "refuse first-request");
    assert.equal(verdict(admission, "/a"), "refuse first-request");
  });
  test("admits at the second request, and stays with it", () => {
    const admission = newSecondHit({ random: () => 0 });
    for (const key of ["/a", "/b", "/a"]) admission.onRequest(key);
    assert.equal(verdict(admission, "/a"), "admit asked-before");
    assert.equal(verdict(admission, "/a"), "admit asked-before");
    assert.equal(verdict(admission, "/b"), "refuse first-request");
  });
  test("refuses what nobody asked for", () =>
    assert.equal(verdict(newSecondHit({ random: () => 0 }), "/a"), "refuse first-request"));
  test("admits an init segment at once", () => {
    const admission = newSecondHit({ random: () => 0 });
    const traits = { kind: "init", isLive: false, sequence: undefined, number: undefined } as const;
    admission.onRequest("/init.mp4");
    assert.equal(admission.decide("/init.mp4", 1_000, traits).reason, "init-segment");
  });
  test("a request that is long past does not count", () => {
    const admission = secondHit({ maxKeys: 100, bitsPerKey: 20 });
    admission.onRequest("/a");
    for (let number = 0; number < 250; number += 1) admission.onRequest(`/${number}`);
    admission.onRequest("/a");
    assert.equal(verdict(admission, "/a"), "refuse first-request");
  });
});
