import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DOMParser, type Element } from "@xmldom/xmldom";
import fc from "fast-check";
import { readAttributes } from "../../kernel/playlist-lines.ts";
import { type DashStream, type ManifestWriting, writeDashManifest } from "./dash-manifest.ts";

type Facts = {
  readonly attributes?: string;
  readonly timescale?: number;
  readonly firstTicks?: number;
  /** Of each segment. */
  readonly ticks?: readonly number[];
  readonly bytes?: readonly number[];
  readonly nameOf?: (place: number) => string;
  readonly folder?: string;
  /** What the playlist says, where it is not what the files hold. */
  readonly listedSeconds?: number;
};

const H264 = 'CODECS="avc1.64001e,mp4a.40.2",AUDIO="g"';

function stream(kind: "rendition" | "variant", id: string, facts: Facts): DashStream {
  const { timescale = 1_000, firstTicks = 0, ticks = [2_000, 2_000], folder = id } = facts;
  const nameOf = facts.nameOf ?? ((place) => `segment-${String(place + 1).padStart(5, "0")}.m4s`);
  let decodeTimeTicks = firstTicks;
  return {
    kind,
    id,
    attributes: readAttributes(facts.attributes ?? ""),
    timescale,
    initPath: `a-film/${folder}/init.mp4`,
    segments: ticks.map((length, place) => {
      const segment = {
        path: `a-film/${folder}/${nameOf(place)}`,
        durationMicroseconds: Math.round((facts.listedSeconds ?? length / timescale) * 1e6),
        sizeBytes: facts.bytes?.[place] ?? 1_000,
        decodeTimeTicks,
      };
      decodeTimeTicks += length;
      return segment;
    }),
  };
}

const variant = (id: string, facts: Facts = {}) =>
  stream("variant", id, { attributes: H264, ...facts });
const sound = (id: string, facts: Facts = {}) =>
  stream("rendition", id, { attributes: 'TYPE=AUDIO,GROUP-ID="g",NAME="n"', ...facts });

const write = (...streams: DashStream[]) => writeDashManifest({ titleId: "a-film", streams });

function textOf(writing: ManifestWriting): string {
  return writing.kind === "manifest" ? writing.text : assert.fail(writing.reason);
}

function parse(...streams: DashStream[]): Element {
  const root = new DOMParser().parseFromString(
    textOf(write(...streams)),
    "application/xml",
  ).documentElement;
  return root ?? assert.fail("the manifest has no root");
}

/** The attribute of every element of a name, in the order of the document. */
function all(root: Element, name: string, attribute: string): (string | null)[] {
  return Array.from(root.getElementsByTagName(name), (one) => one.getAttribute(attribute));
}

test("a title is written as a static manifest, its pictures first", () => {
  const manifest = write(
    sound("audio", {
      attributes: 'TYPE=AUDIO,GROUP-ID="g",NAME="Music",LANGUAGE="zxx",DEFAULT=YES,CHANNELS="2"',
      timescale: 48_000,
      ticks: [96_256, 96_256, 95_232],
    }),
    variant("v", {
      attributes: `BANDWIDTH=9,RESOLUTION=640x360,FRAME-RATE=24.000,${H264}`,
      timescale: 12_288,
      ticks: [24_576, 24_576, 18_432],
      bytes: [1_000, 3_000, 1_000],
    }),
  );
  assert.equal(
    textOf(manifest),
    `<?xml version="1.0" encoding="UTF-8"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-live:2011" type="static" mediaPresentationDuration="PT5.995S" maxSegmentDuration="PT2.006S" minBufferTime="PT2.006S">
  <Period id="0" start="PT0S">
    <AdaptationSet id="1" contentType="video" mimeType="video/mp4" segmentAlignment="true" startWithSAP="1">
      <Representation id="v" bandwidth="12000" codecs="avc1.64001e" width="640" height="360" frameRate="24">
        <SegmentTemplate timescale="12288" presentationTimeOffset="0" startNumber="1" initialization="v/init.mp4" media="v/segment-$Number%05d$.m4s">
          <SegmentTimeline>
            <S t="0" d="24576" r="1"/>
            <S d="18432"/>
          </SegmentTimeline>
        </SegmentTemplate>
      </Representation>
    </AdaptationSet>
    <AdaptationSet id="2" contentType="audio" mimeType="audio/mp4" lang="zxx" segmentAlignment="true" startWithSAP="1">
      <AudioChannelConfiguration schemeIdUri="urn:mpeg:dash:23003:3:audio_channel_configuration:2011" value="2"/>
      <Label>Music</Label>
      <Role schemeIdUri="urn:mpeg:dash:role:2011" value="main"/>
      <Representation id="audio" bandwidth="4033" codecs="mp4a.40.2">
        <SegmentTemplate timescale="48000" presentationTimeOffset="0" startNumber="1" initialization="audio/init.mp4" media="audio/segment-$Number%05d$.m4s">
          <SegmentTimeline>
            <S t="0" d="96256" r="1"/>
            <S d="95232"/>
          </SegmentTimeline>
        </SegmentTemplate>
      </Representation>
    </AdaptationSet>
  </Period>
</MPD>
`,
  );
});

describe("times", () => {
  test("come from the segments, not from a playlist that rounds", () => {
    const root = parse(variant("v", { ticks: [2_004, 1_997, 2_000], listedSeconds: 2 }));
    assert.deepEqual(all(root, "S", "d"), ["2004", "1997", "2000"]);
  });
  test("begin with the earliest stream, on the clock of each", () => {
    const root = parse(
      variant("v", { timescale: 1_000, firstTicks: 10_000 }),
      sound("a", { timescale: 48_000, firstTicks: 481_024, ticks: [96_000, 96_000] }),
    );
    assert.deepEqual(all(root, "SegmentTemplate", "presentationTimeOffset"), ["10000", "480000"]);
    assert.deepEqual(all(root, "S", "t"), ["10000", "481024"]);
    // The sound ends 1024 ticks, so 21.4 ms, after the picture.
    assert.equal(root.getAttribute("mediaPresentationDuration"), "PT4.022S");
  });
  test("last as long as the longest stream", () => {
    const root = parse(variant("v", { ticks: [2_000] }), sound("a", { ticks: [2_000, 500] }));
    assert.equal(root.getAttribute("mediaPresentationDuration"), "PT2.5S");
    assert.equal(root.getAttribute("maxSegmentDuration"), "PT2S");
  });
  test("are aligned if every stream of a set is cut at the same moments", () => {
    const aligned = (facts: Facts) =>
      all(parse(variant("v", {}), variant("w", facts)), "AdaptationSet", "segmentAlignment");
    assert.deepEqual(aligned({ timescale: 48_000, ticks: [96_000, 96_000] }), ["true"]);
    assert.deepEqual(aligned({ ticks: [2_001, 1_999] }), ["false"]);
    assert.deepEqual(aligned({ ticks: [2_000] }), ["false"]);
  });
});

describe("the sets", () => {
  const idsBySet = (...streams: DashStream[]) =>
    Array.from(parse(...streams).getElementsByTagName("AdaptationSet"), (set) =>
      all(set, "Representation", "id").join(" "),
    );

  test("hold one kind of codec each, since players change only within a set", () =>
    assert.deepEqual(
      idsBySet(
        variant("v1", {}),
        variant("x", { attributes: 'CODECS="hvc1.2.4.L90.B0"' }),
        variant("v2", { attributes: 'CODECS="avc1.640015"' }),
      ),
      ["v1 v2", "x"],
    ));
  test("hold one language of sound each, in any rate", () => {
    const spoken = (group: string, language: string) =>
      `TYPE=AUDIO,GROUP-ID="${group}",NAME="${language}",LANGUAGE="${language}"`;
    assert.deepEqual(
      idsBySet(
        sound("de-low", { attributes: spoken("g", "de") }),
        sound("en-low", { attributes: spoken("g", "en") }),
        sound("de-high", { attributes: spoken("h", "de") }),
        variant("v", {}),
        variant("w", { attributes: 'CODECS="avc1.64001e,mp4a.40.2",AUDIO="h"' }),
      ),
      ["v w", "de-low de-high", "en-low"],
    );
  });
  test("hold the same files once, though HLS lists them with every group of sound", () =>
    assert.deepEqual(
      idsBySet(sound("a", {}), variant("v", {}), variant("v-again", { folder: "v" })),
      ["v", "a"],
    ));
  test("name no number of channels that would be read as something else", () => {
    const channels = (text: string) =>
      all(
        parse(
          variant("v", {}),
          sound("a", { attributes: `TYPE=AUDIO,GROUP-ID="g",NAME="n",CHANNELS="${text}"` }),
        ),
        "AudioChannelConfiguration",
        "value",
      );
    assert.deepEqual(["1", "6", "8", "16/JOC", "many"].map(channels), [["1"], ["6"], [], [], []]);
  });
  test("say nothing that the playlists do not say", () => {
    const root = parse(variant("v", {}), sound("a", {}));
    assert.deepEqual(all(root, "Representation", "width"), [null, null]);
    assert.deepEqual(all(root, "Representation", "frameRate"), [null, null]);
    assert.deepEqual(all(root, "AdaptationSet", "lang"), [null, null]);
    assert.equal(root.getElementsByTagName("Role").length, 0);
  });
});

for (const [hls, dash] of [
  ["24.000", "24"],
  ["25", "25"],
  ["23.976", "24000/1001"],
  ["29.97", "30000/1001"],
  ["59.940", "60000/1001"],
  ["12.5", "12500/1000"],
  ["0", null],
  ["fast", null],
] as const) {
  test(`${hls} pictures a second are written as ${dash}`, () => {
    const root = parse(variant("v", { attributes: `${H264},FRAME-RATE=${hls}` }));
    assert.deepEqual(all(root, "Representation", "frameRate"), [dash]);
  });
}

test("a name is escaped", () => {
  const name = 'A & B <"C">';
  const attributes = `TYPE=AUDIO,GROUP-ID="g",NAME="${name.replaceAll('"', "'")}"`;
  const label = parse(variant("v", {}), sound("a", { attributes })).getElementsByTagName("Label");
  assert.equal(label[0]?.textContent, "A & B <'C'>");
});

describe("writeDashManifest() refuses", () => {
  const attributes = (text: string) => variant("v", { attributes: text });
  for (const [name, streams, reason] of [
    ["no codec", [attributes('AUDIO="g"')], /one codec for the picture of v/],
    ["a codec that is none", [attributes('CODECS="x.1"')], /one codec for the picture of v/],
    ["two pictures", [attributes('CODECS="avc1.1,hvc1.1"')], /one codec for the picture of v/],
    ["sound as a variant", [attributes('CODECS="mp4a.40.2"')], /one codec for the picture of v/],
    ["both in one file", [attributes('CODECS="avc1.64001e,mp4a.40.2"')], /picture and sound/],
    ["sound of no codec", [sound("a"), attributes('CODECS="avc1.1",AUDIO="g"')], /sound of a/],
    ["sound that is never played", [sound("a"), attributes('CODECS="avc1.1"')], /sound of a/],
    [
      "sound of two codecs",
      [sound("a"), variant("v"), variant("w", { attributes: 'CODECS="avc1.1,ec-3",AUDIO="g"' })],
      /sound of a/,
    ],
    ["subtitles", [sound("s", { attributes: "TYPE=SUBTITLES" }), variant("v")], /s a rendition/],
    ["names without numbers", [variant("v", { nameOf: (at) => `${at}x.m4s` })], /no number/],
    ["a gap", [variant("v", { ticks: [9_000, 2_000], listedSeconds: 2 })], /do not last/],
    ["a clock that begins anew", [variant("v", { ticks: [-1, 2_000], listedSeconds: 2 })], /last/],
    ["a segment below a tick", [variant("v", { timescale: 1, listedSeconds: 0.1 })], /last/],
  ] as const) {
    test(name, () => {
      const writing = write(...streams);
      assert.match(writing.kind === "refused" ? writing.reason : "", reason);
      assert.match(writing.kind === "refused" ? writing.reason : "", /^a-film /);
    });
  }
});

test("a timeline read as a player does gives every segment's own time, and a line of the rate suffices", () =>
  fc.assert(
    fc.property(
      fc.array(fc.record({ ticks: fc.integer({ min: 900, max: 1_100 }), bytes: fc.nat(9_999) }), {
        minLength: 1,
        maxLength: 40,
      }),
      fc.nat(1_000_000),
      (facts, firstTicks) => {
        const video = variant("v", {
          ticks: facts.map(({ ticks }) => ticks),
          bytes: facts.map(({ bytes }) => bytes),
          firstTicks,
        });
        const root = parse(video);
        const times: number[] = [];
        let at = 0;
        for (const run of Array.from(root.getElementsByTagName("S"))) {
          at = Number(run.getAttribute("t") ?? at);
          for (let left = Number(run.getAttribute("r") ?? 0); left >= 0; left -= 1) {
            times.push(at);
            at += Number(run.getAttribute("d"));
          }
        }
        assert.deepEqual(
          times,
          video.segments.map(({ decodeTimeTicks }) => decodeTimeTicks),
        );

        const secondsOf = (name: string) =>
          Number(/^PT([\d.]+)S$/.exec(root.getAttribute(name) ?? "")?.[1]);
        assert.equal(secondsOf("mediaPresentationDuration"), (at - firstTicks) / 1_000);
        const bitsPerSecond = Number(all(root, "Representation", "bandwidth")[0]);
        let arrived = 0;
        for (const [place, { sizeBytes }] of video.segments.entries()) {
          arrived += (sizeBytes * 8) / bitsPerSecond;
          const wanted = ((times[place] ?? 0) - firstTicks) / 1_000 + secondsOf("minBufferTime");
          assert.ok(arrived <= wanted + 1e-9);
        }
      },
    ),
  ));
