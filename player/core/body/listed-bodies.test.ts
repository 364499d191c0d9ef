import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { bodyName, readListedBodies } from "./listed-bodies.ts";

const PLAYLIST = "http://a/film/low.m3u8";

/** One line per body: name, role, and what is special about it. */
function listed(...lines: readonly string[]): string[] {
  const bodies = readListedBodies(["#EXTM3U", ...lines].join("\n"), PLAYLIST);
  return Array.from(bodies, ([name, body]) => {
    const short = name.replace("http://a/film/", "");
    if (body.role === "key") return `${short} key ${body.keyBytes}`;
    if (body.role === "init") return `${short} init ${body.cipher}`;
    const init = body.init?.replace("http://a/film/", "") ?? "-";
    return `${short} segment ${init} ${body.cipher}${body.isPart ? " part" : ""}`;
  });
}

describe("readListedBodies()", () => {
  for (const [rule, lines, expected] of [
    ["segments without more", ["#EXTINF:2,", "1.ts"], ["1.ts segment - none"]],
    [
      "what initializes what",
      ['#EXT-X-MAP:URI="i.mp4"', "1.m4s", '#EXT-X-MAP:URI="j.mp4"', "2.m4s"],
      [
        "i.mp4 init none",
        "1.m4s segment i.mp4 none",
        "j.mp4 init none",
        "2.m4s segment j.mp4 none",
      ],
    ],
    [
      "keys, and what is encrypted",
      [
        '#EXT-X-KEY:METHOD=AES-128,URI="k"',
        "1.ts",
        '#EXT-X-KEY:METHOD=AES-256-CTR,URI="l"',
        "2.ts",
        "#EXT-X-KEY:METHOD=NONE",
        "3.ts",
      ],
      [
        "k key 16",
        "1.ts segment - blocks",
        "l key 32",
        "2.ts segment - stream",
        "3.ts segment - none",
      ],
    ],
    [
      "an encrypted initialization section",
      ['#EXT-X-KEY:METHOD=AES-128,URI="k"', '#EXT-X-MAP:URI="i.mp4"'],
      ["k key 16", "i.mp4 init blocks"],
    ],
    [
      "samples that are encrypted one by one are no cipher of the whole",
      [
        '#EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://x",KEYFORMAT="com.apple.streamingkeydelivery"',
        "1.m4s",
      ],
      ["1.m4s segment - none"],
    ],
    [
      "parts of one file, each where the one before ended",
      [
        '#EXT-X-MAP:URI="f.mp4",BYTERANGE="700@0"',
        "#EXT-X-BYTERANGE:1000@700",
        "f.mp4",
        "#EXT-X-BYTERANGE:500",
        "f.mp4",
      ],
      ["f.mp4@0 init none", "f.mp4@700 segment f.mp4@0 none", "f.mp4@1700 segment f.mp4@0 none"],
    ],
    [
      "parts of a segment that is still being made",
      [
        '#EXT-X-PART:DURATION=0.3,URI="1.m4s",BYTERANGE="90@0"',
        '#EXT-X-PART:DURATION=0.3,URI="2.m4s"',
      ],
      ["1.m4s@0 segment - none", "2.m4s segment - none"],
    ],
    [
      "I-frames",
      ["#EXT-X-I-FRAMES-ONLY", "#EXT-X-BYTERANGE:9@3", "1.ts"],
      ["1.ts@3 segment - none part"],
    ],
    [
      "nothing where no URL can be made",
      ['#EXT-X-MAP:URI="http://["', "1.m4s"],
      ["1.m4s segment - none"],
    ],
  ] as const) {
    test(rule, () => assert.deepEqual(listed(...lines), expected));
  }

  test("a body is named as it is asked for", () => {
    assert.equal(bodyName("http://a/f.mp4", { first: 700 }), "http://a/f.mp4@700");
    assert.equal(bodyName("http://a/f.mp4", undefined), "http://a/f.mp4");
  });

  test("never throws, whatever the text", () => {
    const line = fc.constantFrom(
      "#EXT-X-MAP:",
      "#EXT-X-KEY:METHOD=",
      "#EXT-X-BYTERANGE:",
      "#EXT-X-PART:URI=",
      "",
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(line, fc.string())), (lines) => {
        listed(...lines.map((parts) => parts.join("")));
      }),
    );
  });
});
