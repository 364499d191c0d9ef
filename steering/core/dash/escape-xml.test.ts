import assert from "node:assert/strict";
import { test } from "node:test";
import { DOMParser } from "@xmldom/xmldom";
import fc from "fast-check";
import { escapeXml } from "./escape-xml.ts";

test("an escaped text is read as it was, in an attribute and in an element", () =>
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."a<>&\"'\t\n\r;#é") }), (text) => {
      const root = new DOMParser().parseFromString(
        `<a b="${escapeXml(text)}">${escapeXml(text)}</a>`,
        "application/xml",
      ).documentElement;
      assert.equal(root?.getAttribute("b"), text);
      assert.equal(root?.textContent, text);
    }),
  ));
