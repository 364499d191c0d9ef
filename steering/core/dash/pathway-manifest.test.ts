import assert from "node:assert/strict";
import { test } from "node:test";
import { writePathwayManifest } from "./pathway-manifest.ts";

test("the gaps of a manifest are filled for the viewer, and escaped", () =>
  assert.equal(
    writePathwayManifest({
      manifest: {
        place: { at: "source", path: "/a" },
        isDynamic: true,
        parts: [
          { kind: "text", text: "<MPD>" },
          {
            kind: "base-urls",
            name: "BaseURL",
            attributes: ' x="1"',
            place: { at: "source", path: "/a?b&c" },
          },
          { kind: "location", name: "Location" },
          { kind: "steering", name: "ContentSteering" },
          { kind: "first-address" },
        ],
      },
      pathways: [
        { id: "one", url: "http://one" },
        { id: "two", url: "http://two" },
      ],
      steeringUri: "http://s?<",
      refreshUri: "http://p?a&b",
    }),
    [
      '<MPD><BaseURL x="1" serviceLocation="one">http://one/a?b&amp;c</BaseURL>',
      '<BaseURL x="1" serviceLocation="two">http://two/a?b&amp;c</BaseURL>' +
        "<Location>http://p?a&amp;b</Location>" +
        '<ContentSteering defaultServiceLocation="one" queryBeforeStart="false">http://s?&lt;</ContentSteering>http://one',
    ].join("\n"),
  ));
