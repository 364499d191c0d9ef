import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readPresentation, withAbsoluteUris } from "./presentation.ts";

const STEERED = `#EXTM3U
#EXT-X-VERSION:7
#EXT-X-CONTENT-STEERING:SERVER-URI="/v1/steer?session=s",PATHWAY-ID="west"
#EXT-X-SESSION-KEY:METHOD=AES-128,URI="key"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="English",PATHWAY-ID="east",URI="http://east/audio.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="English",PATHWAY-ID="west",URI="http://west/audio.m3u8"
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,PATHWAY-ID="east",URI="http://east/trick.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a",PATHWAY-ID="east",STABLE-VARIANT-ID="low"
http://east/low.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=2,AUDIO="a",PATHWAY-ID="east",STABLE-VARIANT-ID="high"
http://east/high.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a",PATHWAY-ID="west",STABLE-VARIANT-ID="low"
http://west/x/low.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=2,AUDIO="a",PATHWAY-ID="west",STABLE-VARIANT-ID="high"
http://west/x/high.m3u8
`;
const PLAIN = `#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="English",URI="audio.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a"
low.m3u8
`;
const URL_OF = "http://steering/play/master.m3u8";

describe("readPresentation() of a steered playlist", () => {
  const presentation = readPresentation(STEERED, URL_OF, [URL_OF]);

  test("finds the pathways and the one to begin on", () => {
    assert.deepEqual(
      presentation.pathways.map(({ id, host }) => [id, host]),
      [
        ["east", "http://east"],
        ["west", "http://west"],
      ],
    );
    assert.equal(presentation.first, "west");
  });
  test("resolves the steering server's address", () =>
    assert.equal(presentation.steering?.serverUri, "http://steering/v1/steer?session=s"));
  test("gives each pathway the same streams under the same keys", () => {
    const [east, west] = presentation.pathways;
    assert.deepEqual([...(east?.playlists.keys() ?? [])], [...(west?.playlists.keys() ?? [])]);
    assert.equal(west?.playlists.get("id high"), "http://west/x/high.m3u8");
  });
  test("shows the media player one pathway and no steering", () =>
    assert.equal(
      presentation.playlist,
      `#EXTM3U
#EXT-X-VERSION:7
#EXT-X-SESSION-KEY:METHOD=AES-128,URI="http://steering/play/key"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="English",URI="http://west/audio.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a",STABLE-VARIANT-ID="low"
http://west/x/low.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=2,AUDIO="a",STABLE-VARIANT-ID="high"
http://west/x/high.m3u8
`,
    ));
  test("takes a steering tag, and streams, with attributes that it does not know", () => {
    const odd = STEERED.replace("SERVER-URI=", 'X-NEW="a,b",FLAG=YES,SERVER-URI=').replaceAll(
      "BANDWIDTH=1,",
      'BANDWIDTH=1,X-ODD="1,2",',
    );
    const { steering, pathways, playlist } = readPresentation(odd, URL_OF, []);
    assert.equal(steering?.serverUri, "http://steering/v1/steer?session=s");
    assert.deepEqual(
      pathways.map(({ playlists }) => playlists.size),
      [3, 3],
    );
    assert.match(playlist, /BANDWIDTH=1,X-ODD="1,2",AUDIO="a"/);
  });
  test("begins on the first listed when the steering tag names an unknown pathway", () =>
    assert.equal(
      readPresentation(STEERED.replace('PATHWAY-ID="west"\n', 'PATHWAY-ID="mars"\n'), URL_OF, [])
        .first,
      "east",
    ));
});

/** Groups are not of a pathway by themselves: the variants that use them say whose they are. */
describe("readPresentation() of a steered playlist whose renditions name no pathway", () => {
  const stream = (pathway: string, audio: string) =>
    `#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="${audio}",PATHWAY-ID="${pathway}"\nhttp://${pathway}/low.m3u8\n`;
  const sound = (group: string, host: string) =>
    `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="${group}",NAME="English",URI="http://${host}/audio.m3u8"\n`;
  const shownOf = (playlist: string) =>
    readPresentation(`#EXTM3U\n${playlist}`, URL_OF, [URL_OF])
      .playlist.split("\n")
      .filter((line) => line.startsWith("#EXT-X-MEDIA"));

  test("shows the group that the shown pathway uses", () => {
    const groups = sound("for-a", "a") + sound("for-b", "b");
    const shown = shownOf(groups + stream("a", "for-a") + stream("b", "for-b"));
    assert.deepEqual(shown, [sound("for-a", "a").trimEnd()]);
  });
  test("shows a group that both use", () => {
    const shown = shownOf(sound("all", "c") + stream("a", "all") + stream("b", "all"));
    assert.deepEqual(shown, [sound("all", "c").trimEnd()]);
  });
  test("shows what is in the variants themselves", () => {
    const within = '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="all",NAME="English"';
    assert.deepEqual(shownOf(`${within}\n${stream("a", "all")}`), [within]);
  });
  test("leaves nothing out that nobody uses", () => {
    const unused = sound("none", "c").trimEnd();
    assert.deepEqual(shownOf(`${unused}\n${stream("a", "x")}`), [unused]);
  });
});

describe("readPresentation() of a playlist without pathways", () => {
  test("makes a pathway of each source, the one that answered first", () => {
    const { pathways, first } = readPresentation(PLAIN, "http://b:2/v/m.m3u8", [
      "http://a:1/v/m.m3u8",
      "http://b:2/v/m.m3u8",
    ]);
    assert.deepEqual(
      pathways.map(({ id, playlists }) => [id, [...playlists.values()][0]]),
      [
        ["b-2", "http://b:2/v/low.m3u8"],
        ["a-1", "http://a:1/v/low.m3u8"],
      ],
    );
    assert.equal(first, "b-2");
  });
  test("reads streams that stand twice as redundant pathways", () => {
    const redundant = `${PLAIN}#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a"\nhttp://backup/low.m3u8\n`;
    const { pathways, playlist } = readPresentation(redundant, "http://a/m.m3u8", []);
    assert.deepEqual(
      pathways.map(({ id, host }) => [id, host]),
      [
        [".", "http://a"],
        ["..", "http://backup"],
      ],
    );
    assert.doesNotMatch(playlist, /backup/);
  });
  test("two audio groups of one name are two streams of one pathway", () => {
    const groups = `#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="aac",NAME="English",LANGUAGE="en",URI="aac.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="ac3",NAME="English",LANGUAGE="en",URI="ac3.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS="a",AUDIO="aac"
low.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS="b",AUDIO="ac3"
low.m3u8
`;
    const { pathways } = readPresentation(groups, "http://a/m.m3u8", ["http://b/m.m3u8"]);
    assert.deepEqual(
      pathways.map(({ id, playlists }) => [id, playlists.size]),
      [
        ["a", 4],
        ["b", 4],
      ],
    );
  });
  test("redundant streams take their own audio groups along", () => {
    const redundant = `#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="one",NAME="English",URI="http://a/audio.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="two",NAME="English",URI="http://b/audio.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="one"
http://a/low.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="two"
http://b/low.m3u8
`;
    const { pathways } = readPresentation(redundant, "http://a/m.m3u8", []);
    const [first, second] = pathways.map(({ playlists }) => playlists);
    assert.deepEqual([...(first?.keys() ?? [])], [...(second?.keys() ?? [])]);
    assert.deepEqual([...(second?.values() ?? [])], ["http://b/low.m3u8", "http://b/audio.m3u8"]);
  });
  test("a steering address that is none does not stop playback", () => {
    const steered = PLAIN.replace(
      "#EXTM3U\n",
      '#EXTM3U\n#EXT-X-CONTENT-STEERING:SERVER-URI="https://"\n',
    );
    assert.equal(readPresentation(steered, "http://a/m.m3u8", []).steering, undefined);
  });
  test("a variable without a value is left for the media player to complain about", () => {
    const variable = PLAIN.replace("low.m3u8", "{$path}/low.m3u8");
    const { playlist } = readPresentation(variable, "http://a/m.m3u8", []);
    assert.match(playlist, /^\{\$path\}\/low\.m3u8$/m);
  });
  test("a variable has each source's own value, and stays defined for media playlists", () => {
    const variable = PLAIN.replace(
      "#EXTM3U\n",
      '#EXTM3U\n#EXT-X-DEFINE:NAME="path",VALUE="v1"\n#EXT-X-DEFINE:QUERYPARAM="t"\n',
    ).replace("low.m3u8", "{$path}/low.m3u8?t={$t}");
    const sources = ["http://a/m.m3u8?t=1", "http://b/m.m3u8?t=2"];
    const { pathways, playlist, variables } = readPresentation(variable, sources[0] ?? "", sources);
    assert.deepEqual(
      pathways.map(({ playlists }) => [...playlists.values()][0]),
      ["http://a/v1/low.m3u8?t=1", "http://b/v1/low.m3u8?t=2"],
    );
    assert.match(playlist, /^http:\/\/a\/v1\/low\.m3u8\?t=1$/m);
    assert.match(playlist, /EXT-X-DEFINE:NAME="path"/);
    assert.equal(variables.get("path"), "v1");
  });
  test("redundant streams may share their sound", () => {
    const redundant = `${PLAIN}#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a"\nhttp://backup/low.m3u8\n`;
    const { pathways } = readPresentation(redundant, "http://a/m.m3u8", []);
    assert.deepEqual(
      [...(pathways[1]?.playlists.values() ?? [])],
      ["http://backup/low.m3u8", "http://a/audio.m3u8"],
    );
  });
  test("takes a media playlist as the only stream", () => {
    const media = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n1.m4s\n";
    const { pathways, playlist } = readPresentation(media, "http://a/i.m3u8", ["http://b/i.m3u8"]);
    assert.equal(playlist, media);
    assert.deepEqual(
      pathways.map(({ playlists }) => [...playlists.values()]),
      [["http://a/i.m3u8"], ["http://b/i.m3u8"]],
    );
  });
});

test("withAbsoluteUris() resolves every URI of a playlist, and leaves the rest as it is", () =>
  assert.equal(
    withAbsoluteUris(
      '#EXTM3U\n#EXT-X-MAP:URI="init.mp4",BYTERANGE="9@0"\n#EXTINF:2,\n../1.m4s\n',
      "http://a/x/l.m3u8",
    ),
    '#EXTM3U\n#EXT-X-MAP:URI="http://a/x/init.mp4",BYTERANGE="9@0"\n#EXTINF:2,\nhttp://a/1.m4s\n',
  ));
