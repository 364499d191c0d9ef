import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CLONE_MARK, mayOfferClones } from "./clone-mark.ts";

const GIVEN = `/v1/steer/hls?session=a.b&${CLONE_MARK}`;

describe("clones are offered", () => {
  test("to who adds to the query", () =>
    assert.equal(mayOfferClones(`${GIVEN}&_HLS_pathway=a`), true));
  test("not to who writes it anew, as VHS", () => {
    const url = new URL(GIVEN, "http://s");
    url.searchParams.set("_HLS_pathway", "a");
    assert.equal(mayOfferClones(url.pathname + url.search), false);
  });
  for (const target of ["", "/", "/~", "/?", "/?~=", "/?x=~", "/?session=~"]) {
    test(`not to ${target || "nobody"}`, () => assert.equal(mayOfferClones(target), false));
  }
});
