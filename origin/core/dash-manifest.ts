/**
 * Writes a title's ladder as a static DASH manifest (ISO/IEC 23009-1, profile isoff-live), so that both
 * kinds of player get the very same segments, and both name a stream alike: a Representation has the
 * stable id of its HLS variant or rendition.
 *
 * Times come from the boxes of the segments and rates from their sizes, since playlists round the one
 * and add the sound to the other. What cannot be said truthfully in this form is refused.
 */
import { attributeText } from "../../kernel/playlist-lines.ts";
import { findNumberTemplate, type NumberTemplate } from "./number-template.ts";
import type { TitleSegment, TitleStream } from "./title-ladder.ts";
import { element, writeXml, type XmlElement } from "./xml-element.ts";

export const MANIFEST_NAME = "manifest.mpd";

export type DashTitle = { readonly titleId: string; readonly streams: readonly DashStream[] };

export type DashStream = Omit<TitleStream, "segments"> & {
  /** Ticks a second. */
  readonly timescale: number;
  readonly segments: readonly DashSegment[];
};

export type DashSegment = TitleSegment & {
  readonly sizeBytes: number;
  readonly decodeTimeTicks: number;
};

export type ManifestWriting =
  | { readonly kind: "manifest"; readonly text: string }
  | { readonly kind: "refused"; readonly reason: string };

/** A stream with all that its Representation says. */
type Representation = {
  readonly stream: DashStream;
  readonly contentType: "audio" | "video";
  readonly codec: string;
  readonly template: NumberTemplate;
  readonly initialization: string;
  readonly timeline: readonly Span[];
};

type Span = { readonly startTicks: number; readonly lengthTicks: number };

type RepresentationReading =
  | { readonly kind: "representation"; readonly representation: Representation }
  | { readonly kind: "refused"; readonly reason: string };

const PICTURE_CODEC = /^(?:avc[1-4]|hvc1|hev1|dva1|dvav|dvh1|dvhe|av01|vp0[89]|vvc1|vvi1)(?:\.|$)/;
const SOUND_CODEC = /^(?:mp4a|ac-[34]|ec-3|opus|flac|alac|mhm[12])(?:\.|$)/i;
const CHANNELS_SCHEME = "urn:mpeg:dash:23003:3:audio_channel_configuration:2011";
const ROLE_SCHEME = "urn:mpeg:dash:role:2011";
/** From seven on, the scheme counts arrangements of loudspeakers rather than channels. */
const MAX_PLAIN_CHANNELS = 6;

export function writeDashManifest({ titleId, streams }: DashTitle): ManifestWriting {
  const representations: Representation[] = [];
  for (const stream of withoutRepeats(streams)) {
    const reading = readRepresentation(stream, { titleId, streams });
    if (reading.kind === "refused") {
      return { kind: "refused", reason: `${titleId} ${reading.reason}` };
    }
    representations.push(reading.representation);
  }

  const beginning = earliestOf(representations);
  const longestMs = largest(
    representations.flatMap(({ stream, timeline }) =>
      timeline.map(({ lengthTicks }) => msOf(lengthTicks, stream.timescale)),
    ),
  );
  const endMs = largest(
    representations.map(({ stream, timeline }) => {
      const last = timeline.at(-1) as Span;
      const endTicks = last.startTicks + last.lengthTicks - offsetOf(stream, beginning);
      return msOf(endTicks, stream.timescale);
    }),
  );
  const manifest = element(
    "MPD",
    {
      xmlns: "urn:mpeg:dash:schema:mpd:2011",
      profiles: "urn:mpeg:dash:profile:isoff-live:2011",
      type: "static",
      mediaPresentationDuration: durationOf(endMs),
      maxSegmentDuration: durationOf(longestMs),
      // A segment is no larger than its rate times its length, so a line of that rate, which begins one
      // segment early, has each of them complete before it is played.
      minBufferTime: durationOf(longestMs),
    },
    [
      element(
        "Period",
        { id: "0", start: "PT0S" },
        groupSwitchable(representations).map((group, place) =>
          adaptationSet(group, { id: place + 1, beginning }),
        ),
      ),
    ],
  );
  return { kind: "manifest", text: writeXml(manifest) };
}

/** HLS lists a picture once for each group of sound, and sound again as a variant of its own. */
function withoutRepeats(streams: readonly DashStream[]): DashStream[] {
  const seen = new Set<string>();
  return streams.filter((stream) => {
    const files = filesOf(stream);
    return !seen.has(files) && seen.add(files);
  });
}

function filesOf({ initPath, segments }: DashStream): string {
  return [initPath, ...segments.map(({ path }) => path)].join("\n");
}

function readRepresentation(stream: DashStream, title: DashTitle): RepresentationReading {
  const { id, segments } = stream;
  const naming = stream.kind === "variant" ? pictureCodecOf(stream) : soundCodecOf(stream, title);
  if (naming.kind === "refused") return naming;
  const { contentType, codec } = naming;

  const template = findNumberTemplate(segments.map(({ path }) => beside(title, path)));
  if (template === undefined) return refused(`has in ${id} segments that follow no number`);
  const timeline = readTimeline(stream);
  if (timeline === undefined) {
    return refused(`has in ${id} segments that do not last as long as its playlist says`);
  }
  const initialization = beside(title, stream.initPath);
  return {
    kind: "representation",
    representation: { stream, contentType, codec, template, initialization, timeline },
  };
}

type CodecNaming =
  | { readonly kind: "codec"; readonly contentType: "audio" | "video"; readonly codec: string }
  | { readonly kind: "refused"; readonly reason: string };

function pictureCodecOf(variant: DashStream): CodecNaming {
  const codecs = codecsOf(variant);
  const [codec, ...others] = codecs.filter((one) => PICTURE_CODEC.test(one));
  if (codec === undefined || others.length > 0) {
    return refused(`does not name one codec for the picture of ${variant.id}`);
  }
  if (codecs.length > 1 && !variant.attributes.has("AUDIO")) {
    return refused(`has picture and sound in the same files of ${variant.id}`);
  }
  return { kind: "codec", contentType: "video", codec };
}

/** A rendition names none: the variants that are played with it do (RFC 8216 §4.3.4.2). */
function soundCodecOf(rendition: DashStream, { streams }: DashTitle): CodecNaming {
  if (attributeText(rendition.attributes, "TYPE") !== "AUDIO") {
    return refused(`has in ${rendition.id} a rendition that is no sound`);
  }
  const group = attributeText(rendition.attributes, "GROUP-ID");
  const codecs = streams
    .filter(({ kind }) => kind === "variant")
    .filter(({ attributes }) => attributeText(attributes, "AUDIO") === group)
    .flatMap((variant) => codecsOf(variant).filter((one) => SOUND_CODEC.test(one)));
  const [codec, ...others] = new Set(codecs);
  if (codec === undefined || others.length > 0) {
    return refused(`does not name one codec for the sound of ${rendition.id}`);
  }
  return { kind: "codec", contentType: "audio", codec };
}

function codecsOf({ attributes }: DashStream): string[] {
  return (attributeText(attributes, "CODECS") ?? "")
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "");
}

/**
 * From one decode time to the next, and at the end as long as the playlist says. Undefined where the
 * two are far apart: the files then hold a gap or begin anew, which one Period cannot say.
 *
 * Where pictures are reordered, they are shown a frame or two later; players allow for that.
 */
function readTimeline({ timescale, segments }: DashStream): Span[] | undefined {
  const timeline: Span[] = [];
  for (const [place, { decodeTimeTicks, durationMicroseconds }] of segments.entries()) {
    const listedTicks = Math.round((durationMicroseconds * timescale) / 1e6);
    const next = segments[place + 1];
    const lengthTicks = next === undefined ? listedTicks : next.decodeTimeTicks - decodeTimeTicks;
    const isAsListed = Math.abs(lengthTicks - listedTicks) <= listedTicks / 2;
    if (!isAsListed || lengthTicks <= 0) return undefined;
    timeline.push({ startTicks: decodeTimeTicks, lengthTicks });
  }
  return timeline;
}

type Instant = { readonly ticks: number; readonly timescale: number };

/** Where the Period begins, on the clock of the media: all streams have the same. */
function earliestOf(representations: readonly Representation[]): Instant {
  return representations
    .map(({ stream, timeline }) => ({
      ticks: timeline[0]?.startTicks ?? 0,
      timescale: stream.timescale,
    }))
    .reduce((one, other) =>
      other.ticks * one.timescale < one.ticks * other.timescale ? other : one,
    );
}

function offsetOf({ timescale }: DashStream, beginning: Instant): number {
  return Math.round((beginning.ticks * timescale) / beginning.timescale);
}

/** A player changes between the streams of one set alone, so they show the same in the same codec. */
function groupSwitchable(representations: readonly Representation[]): Representation[][] {
  const groups = Map.groupBy(representations, ({ contentType, codec, stream }) => {
    const [family] = codec.split(".");
    const sound = ["LANGUAGE", "NAME", "CHANNELS"].map((name) =>
      attributeText(stream.attributes, name),
    );
    return JSON.stringify([contentType, family, ...(contentType === "audio" ? sound : [])]);
  });
  // Pictures first, as is usual.
  return Array.from(groups.values()).sort((one, other) => orderOf(one) - orderOf(other));
}

function orderOf([first]: readonly Representation[]): number {
  return first?.contentType === "video" ? 0 : 1;
}

function adaptationSet(
  group: readonly Representation[],
  { id, beginning }: { readonly id: number; readonly beginning: Instant },
): XmlElement {
  const [{ stream, contentType }] = group as [Representation];
  const text = (name: string) =>
    contentType === "audio" ? attributeText(stream.attributes, name) : undefined;
  const channels = Number(/^\d+/.exec(text("CHANNELS") ?? "")?.[0] ?? 0);
  const label = text("NAME");
  return element(
    "AdaptationSet",
    {
      id,
      contentType,
      mimeType: `${contentType}/mp4`,
      lang: text("LANGUAGE"),
      segmentAlignment: String(isAligned(group)),
      // The title says that its segments are independent; the ladder refuses one that does not.
      startWithSAP: 1,
    },
    [
      ...(channels >= 1 && channels <= MAX_PLAIN_CHANNELS
        ? [
            element("AudioChannelConfiguration", {
              schemeIdUri: CHANNELS_SCHEME,
              value: channels,
            }),
          ]
        : []),
      ...(label === undefined ? [] : [element("Label", {}, label)]),
      ...(text("DEFAULT") === "YES"
        ? [element("Role", { schemeIdUri: ROLE_SCHEME, value: "main" })]
        : []),
      ...group.map((one) => representationElement(one, beginning)),
    ],
  );
}

function isAligned([first, ...others]: readonly Representation[]): boolean {
  if (first === undefined) return true;
  return others.every(
    ({ stream, timeline }) =>
      timeline.length === first.timeline.length &&
      timeline.every(({ startTicks }, place) => {
        const beside = first.timeline[place]?.startTicks ?? 0;
        return startTicks * first.stream.timescale === beside * stream.timescale;
      }),
  );
}

function representationElement(
  { stream, codec, template, initialization, timeline }: Representation,
  beginning: Instant,
): XmlElement {
  const size = /^(\d+)x(\d+)$/.exec(attributeText(stream.attributes, "RESOLUTION") ?? "");
  const frameRate = Number(attributeText(stream.attributes, "FRAME-RATE"));
  return element(
    "Representation",
    {
      id: stream.id,
      bandwidth: peakBitsPerSecond(stream, timeline),
      codecs: codec,
      width: size?.[1],
      height: size?.[2],
      frameRate: frameRate > 0 ? frameRateOf(frameRate) : undefined,
    },
    [
      element(
        "SegmentTemplate",
        {
          timescale: stream.timescale,
          presentationTimeOffset: offsetOf(stream, beginning),
          startNumber: template.startNumber,
          initialization,
          media: template.media,
        },
        [element("SegmentTimeline", {}, timelineElements(timeline))],
      ),
    ],
  );
}

function peakBitsPerSecond({ segments, timescale }: DashStream, timeline: readonly Span[]): number {
  const rates = segments.map(({ sizeBytes }, place) => {
    const { lengthTicks } = timeline[place] as Span;
    return (sizeBytes * 8 * timescale) / lengthTicks;
  });
  // An empty file has no rate, but a Representation must have one.
  return Math.max(1, Math.ceil(largest(rates)));
}

/** HLS gives three decimals, DASH whole numbers or a fraction: 23.976 is 24000/1001. */
function frameRateOf(framesPerSecond: number): string {
  const nearest = Math.round(framesPerSecond);
  if (Math.abs(framesPerSecond - nearest) < 0.0005) return String(nearest);
  const above = Math.ceil(framesPerSecond);
  if (Math.abs(framesPerSecond - (above * 1000) / 1001) < 0.005) return `${above}000/1001`;
  return `${Math.round(framesPerSecond * 1000)}/1000`;
}

function timelineElements(timeline: readonly Span[]): XmlElement[] {
  const runs: { startTicks: number; lengthTicks: number; count: number }[] = [];
  for (const { startTicks, lengthTicks } of timeline) {
    const run = runs.at(-1);
    if (run?.lengthTicks === lengthTicks) run.count += 1;
    else runs.push({ startTicks, lengthTicks, count: 1 });
  }
  return runs.map(({ startTicks, lengthTicks, count }, place) =>
    element("S", {
      t: place === 0 ? startTicks : undefined,
      d: lengthTicks,
      r: count === 1 ? undefined : count - 1,
    }),
  );
}

/** Rounded up: what is announced as the longest may not be exceeded. */
function msOf(ticks: number, timescale: number): number {
  return Math.ceil((ticks * 1000) / timescale);
}

/** `Math.max` takes no list as long as that of a film's segments may be. */
function largest(values: readonly number[]): number {
  return values.reduce((one, other) => Math.max(one, other), 0);
}

function durationOf(ms: number): string {
  return `PT${ms / 1000}S`;
}

/** The manifest stands in the title's folder. */
function beside({ titleId }: DashTitle, path: string): string {
  return path.slice(titleId.length + 1);
}

function refused(reason: string): { readonly kind: "refused"; readonly reason: string } {
  return { kind: "refused", reason };
}
