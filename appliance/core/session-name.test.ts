import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sessionNameIn } from "./session-name.ts";

for (const [target, field, expected] of [
  ["/a", undefined, undefined],
  ["/a?CMCD=sid%3D%22s-1%22", undefined, "s-1"],
  ["/a?b=c&CMCD=bl%3D2100%2Csid%3D%22s-1%22%2Cot%3Dv", undefined, "s-1"],
  ['/a?CMCD=sid="s-1"', undefined, "s-1"],
  ["/a?CMCD=bl%3D2100", undefined, undefined],
  ["/a?CMCD=sid%3D%22%22", undefined, undefined],
  ["/a?CMCD=%zz", undefined, undefined],
  ["/a?XCMCD=sid%3D%22s-1%22", undefined, undefined],
  ["/a?CMCD=cid%3D%22sid%3D%22", undefined, undefined],
  ["/a", 'sid="s-2"', "s-2"],
  ["/a", 'cid="x", sid="s-2";v=1', "s-2"],
  ["/a?CMCD=sid%3D%22s-1%22", 'sid="s-2"', "s-2"],
  ["/a", `sid="${"x".repeat(65)}"`, undefined],
] as const) {
  test(`the session in ${target} and ${field} is ${expected}`, () => {
    assert.equal(sessionNameIn(target, field), expected);
  });
}

test("finds every name that a player may write", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[^"\\]{1,64}$/), (name) => {
      const cmcd = encodeURIComponent(`bl=1,sid="${name}",su`);
      assert.equal(sessionNameIn(`/a?CMCD=${cmcd}`, undefined), name);
    }),
  );
});

test("takes any text without throwing", () => {
  fc.assert(
    fc.property(fc.string(), fc.option(fc.string(), { nil: undefined }), (text, field) => {
      sessionNameIn(`/a?CMCD=${text}`, field);
    }),
  );
});
