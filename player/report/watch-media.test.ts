import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Events } from "hls.js";
import type { PlayChange } from "../core/reports/play-account.ts";
import { watchMedia } from "./watch-media.ts";

/** A video on a page, and what is noted of it. */
function watch({ autoplay = false, isPlaying = false, levels = [] as { bitrate: number }[] } = {}) {
  const view = new EventTarget();
  const page = Object.assign(new EventTarget(), { hidden: false, defaultView: view });
  const video = Object.assign(new EventTarget(), {
    autoplay,
    paused: !isPlaying,
    readyState: isPlaying ? 4 : 0,
    ended: false,
    playbackRate: 1,
    ownerDocument: page,
  });
  const heard = new Map<string, (name: string, data: object) => void>();
  const listen = (name: string, hear: (name: string, data: object) => void) => {
    heard.set(name, hear);
  };
  const noted: string[] = [];
  const media = isPlaying ? video : null;
  const hls = { on: listen, once: listen, media, levels, loadLevel: 0 };
  watchMedia(hls as unknown as Parameters<typeof watchMedia>[0], {
    note: ({ kind, ...what }: PlayChange) => noted.push([kind, ...Object.values(what)].join(" ")),
    hasten: () => noted.push("hasten"),
    close: () => noted.push("close"),
  });
  if (!isPlaying) heard.get(Events.MEDIA_ATTACHING)?.("", { media: video });
  return {
    noted,
    /** Another element, or the end of hls.js. */
    happens: (name: string, data: object = {}) => heard.get(name)?.("", data),
    hides: (hidden: boolean) => {
      page.hidden = hidden;
      page.dispatchEvent(new Event("visibilitychange"));
    },
    leaves: (persisted: boolean) =>
      view.dispatchEvent(Object.assign(new Event("pagehide"), { persisted })),
    switches: (bitrate: number) => heard.get(Events.LEVEL_SWITCHING)?.("", { bitrate }),
    /** Names of events, each after the state that the element is in by then. */
    meets: (...names: string[]) => {
      for (const name of names) {
        if (name === "pause") video.paused = true;
        if (name === "play") video.paused = false;
        if (name === "ended") video.ended = true;
        video.dispatchEvent(new Event(name));
      }
      return noted.join(", ");
    },
    video,
  };
}

describe("of a media element is heard", () => {
  test("that it was told to play, if only by its attribute", () => {
    assert.deepEqual(watch({ autoplay: true }).noted, ["told-to-play"]);
    assert.deepEqual(watch().noted, []);
    assert.equal(watch().meets("play"), "told-to-play");
  });
  test("that it plays, waits, is paused and sought", () =>
    assert.equal(
      watch().meets("play", "playing", "waiting", "playing", "seeking", "playing", "pause"),
      "told-to-play, playing, waiting, playing, seeking, playing, paused",
    ));
  test("that a seek within a pause ends in it", () =>
    assert.equal(watch().meets("seeking", "seeked"), "seeking, paused"));
  test("that a seek while it plays does not", () =>
    assert.equal(watch().meets("play", "seeking", "seeked"), "told-to-play, seeking"));
  test("that it has ended, and no pause before that", () => {
    const { meets, video } = watch();
    video.ended = true;
    assert.equal(meets("pause", "ended"), "ended");
  });
  test("another rate", () => {
    const { meets, video } = watch();
    video.playbackRate = 1.5;
    assert.equal(meets("ratechange"), "rate 1.5");
  });
});

test("of a play that has begun is heard how it stands", () => {
  const { noted } = watch({ isPlaying: true, levels: [{ bitrate: 800_000 }] });
  assert.deepEqual(noted, ["bitrate 800", "told-to-play", "playing"]);
});

test("of hls.js is heard which bitrate it asks for", () => {
  const { switches, noted } = watch();
  switches(2_400_400);
  assert.deepEqual(noted, ["bitrate 2400"]);
});

describe("of the page is heard", () => {
  test("that it is hidden, which may be its end, and that it is seen again", () => {
    const { hides, noted } = watch();
    hides(true);
    hides(false);
    assert.deepEqual(noted, ["hidden true", "hasten", "hidden false"]);
  });
  test("that it is left for good", () => {
    const { leaves, noted } = watch();
    leaves(false);
    assert.deepEqual(noted, ["close"]);
  });
  test("that it is kept, and may come back", () => {
    const { leaves, noted } = watch();
    leaves(true);
    assert.deepEqual(noted, ["hasten"]);
  });
});

for (const [name, data] of [
  [Events.DESTROYING, {}],
  [Events.MEDIA_ATTACHING, {}],
] as const) {
  test(`after ${name} nothing is heard of the element`, () => {
    const { happens, meets, hides, leaves, noted } = watch();
    happens(name, data);
    meets("play", "playing");
    hides(true);
    leaves(false);
    assert.deepEqual(noted, []);
  });
}
