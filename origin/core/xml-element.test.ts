import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DOMParser } from "@xmldom/xmldom";
import fc from "fast-check";
import { element, writeXml } from "./xml-element.ts";

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';

describe("writeXml()", () => {
  for (const [name, root, xml] of [
    ["an element without content", element("a", { b: 1 }), '<a b="1"/>\n'],
    ["an attribute that is not there", element("a", { b: undefined }), "<a/>\n"],
    ["a text", element("a", {}, "b"), "<a>b</a>\n"],
    ["elements within", element("a", {}, [element("b", {})]), "<a>\n  <b/>\n</a>\n"],
    [
      "what would be read as XML",
      element("a", { b: `"'<` }, "<&>"),
      '<a b="&#34;&#39;&#60;">&#60;&#38;&#62;</a>\n',
    ],
    ["what XML cannot hold", element("a", {}, "b\u0000\u001b\ud800\uffffc"), "<a>bc</a>\n"],
  ] as const) {
    test(`writes ${name}`, () => assert.equal(writeXml(root), `${HEAD}${xml}`));
  }
});

test("a text is read as it was, in an attribute and between tags", () =>
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }), (noise, words) => {
      const text = `${noise}${words}`.replace(
        /[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu,
        "",
      );
      const read = parse(writeXml(element("a", { b: text }, `${text}.`)));
      assert.equal(read?.getAttribute("b"), text);
      assert.equal(read?.textContent, `${text}.`);
    }),
  ));

test("ends of lines that only some readers know for such are read as they were", () => {
  const text = "a\u0085b\u2028c\u2029d";
  const read = parse(writeXml(element("a", { b: text }, text)));
  assert.deepEqual([read?.getAttribute("b"), read?.textContent], [text, text]);
});

test("any text at all leaves a document that can be read", () =>
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0xffff })), (units) => {
      const text = String.fromCharCode(...units);
      assert.equal(parse(writeXml(element("a", { b: text }, text)))?.tagName, "a");
    }),
  ));

function parse(xml: string) {
  return new DOMParser({
    // It warns of U+FFFD, which is a character like any other.
    onError: (level, message) => {
      if (level !== "warning") throw new Error(message);
    },
  }).parseFromString(xml, "text/xml").documentElement;
}
