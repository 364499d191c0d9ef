import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { dashManifest, mediaPlaylist, multivariantPlaylist } from "./lab-playlists.ts";

const PLACES = { A: "http://a.test", B: "http://b.test", steering: "http://s.test" };

describe("multivariantPlaylist()", () => {
  const text = multivariantPlaylist(PLACES);
  test("names steering and the pathway to begin with", () =>
    assert.match(
      text,
      /#EXT-X-CONTENT-STEERING:SERVER-URI="http:\/\/s\.test\/hls",PATHWAY-ID="A"/,
    ));
  test("has every rendition on either pathway, with the same stable id", () => {
    const ids = Array.from(
      text.matchAll(/STABLE-VARIANT-ID="([\w-]+)",PATHWAY-ID="([AB])"\n(\S+)/g),
      ([, id, pathway, uri]) => `${pathway} ${id} ${uri}`,
    );
    assert.equal(ids.length, 6);
    assert.ok(ids.includes("B video-240 http://b.test/video-240/index.m3u8"), ids.join("\n"));
  });
  test("has the sound of each pathway in a group of its own", () =>
    assert.deepEqual(
      Array.from(text.matchAll(/GROUP-ID="([AB])".*URI="([^"]+)"/g), ([, id, uri]) => [id, uri]),
      [
        ["A", "http://a.test/audio/index.m3u8"],
        ["B", "http://b.test/audio/index.m3u8"],
      ],
    ));
});

describe("mediaPlaylist()", () => {
  test("on demand it ends", () =>
    assert.match(
      mediaPlaylist({ first: 0, count: 2 }),
      /PLAYLIST-TYPE:VOD[\s\S]*#EXTINF:2\.000,\nsegment-1\.m4s\n#EXT-X-ENDLIST\n$/,
    ));
  test("live it says when each segment began, and how far behind to stay", () => {
    const text = mediaPlaylist({ first: 5, count: 2, live: { epochWallMs: 0 } });
    assert.match(text, /MEDIA-SEQUENCE:5\n#EXT-X-SERVER-CONTROL:HOLD-BACK=10\.0\n/);
    assert.match(
      text,
      /PROGRAM-DATE-TIME:1970-01-01T00:00:12\.000Z\n#EXTINF:2\.000,\nsegment-6\.m4s\n$/,
    );
  });
});

test("dashManifest() has both pathways as places of every segment", () => {
  const text = dashManifest(PLACES);
  assert.match(
    text,
    /<BaseURL serviceLocation="A">http:\/\/a\.test\/<\/BaseURL>\n<BaseURL serviceLocation="B">/,
  );
  assert.match(
    text,
    /<ContentSteering defaultServiceLocation="A" queryBeforeStart="false">http:\/\/s\.test\/dash</,
  );
  assert.match(text, /media="\$RepresentationID\$\/segment-\$Number\$\.m4s"/);
  assert.equal(text.match(/<Representation /g)?.length, 4);
});
