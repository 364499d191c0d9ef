import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { relativePath } from "./relative-path.ts";

describe("relativePath()", () => {
  for (const [from, to, expected] of [
    ["/vod/film/", "/vod/film/p/a.m4s", "p/a.m4s"],
    ["/vod/film/a.mpd", "/vod/film/p/", "p/"],
    ["/vod/film/", "/vod/x/p1/", "../x/p1/"],
    ["/vod/film/", "/a.m4s", "../../a.m4s"],
    ["/vod/film/", "/", "../../"],
    ["/", "/vod/", "vod/"],
    ["/vod/film/", "/vod/film/", "./"],
    ["/vod/film/", "/vod/film", "../film"],
    ["/vod/film/", "/vod/film/?a=/b", "./?a=/b"],
    ["/vod/film/?a=/b/c", "/vod/x/", "../x/"],
    ["/vod/film/", "/vod/film/a:b.m4s", "./a:b.m4s"],
    ["/vod/film/", "/vod/film/p/a:b.m4s", "p/a:b.m4s"],
    [
      "/vod/film/",
      "/vod/$RepresentationID$/$Number%05d$.m4s",
      "../$RepresentationID$/$Number%05d$.m4s",
    ],
  ] as const) {
    test(`${to} from ${from} is ${expected}`, () =>
      assert.equal(relativePath({ from, to }), expected));
  }
});

test("leads from one to the other, wherever both have been moved", () => {
  const anyPath = fc
    .tuple(
      fc.array(fc.constantFrom("a", "b", "c:d", "$e$"), { maxLength: 4 }),
      fc.constantFrom("", "/", "?q=/a/b", "/?q"),
    )
    .map(([steps, end]) => `/${steps.join("/")}${end}`.replace("//", "/"));
  fc.assert(
    fc.property(anyPath, anyPath, fc.constantFrom("", "/prefix", "/a/b"), (from, to, prefix) => {
      const cdn = `http://cdn${prefix}`;
      assert.equal(new URL(relativePath({ from, to }), cdn + from).href, cdn + to);
    }),
  );
});
