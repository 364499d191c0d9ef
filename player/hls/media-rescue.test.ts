import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type ErrorData, ErrorDetails, ErrorTypes, Events, type Fragment } from "hls.js";
import type { PlayerEvents } from "../contract/player-events.ts";
import { DEFAULT_FAILOVER_POLICY } from "../contract/player-options.ts";
import type { FragmentDelivery } from "./loader-session.ts";
import { MediaRescue, type MediaRescueOptions } from "./media-rescue.ts";

const POLICY = { ...DEFAULT_FAILOVER_POLICY, mediaRecoveries: 3 };
const PATHWAYS = ["a", "b"];

class PlayingVideo extends EventTarget {
  currentTime = 5;
  paused = false;
  plays = 0;
  error: MediaError | null = null;

  play(): Promise<void> {
    this.plays += 1;
    return Promise.reject(new DOMException("a click first", "NotAllowedError"));
  }

  /** A browser pauses the video of which it cannot decode any more. */
  breaks(code: number): void {
    this.error = { code, message: "cannot decode" } as MediaError;
    this.paused = true;
    this.dispatchEvent(new Event("pause"));
    this.dispatchEvent(new Event("error"));
  }
}

/** hls.js as far as errors go, with six segments of two seconds that came from a. */
function play() {
  const listeners = new Map<string, (name: string, detail: object) => void>();
  const calls: string[] = [];
  const told: PlayerEvents["error"][] = [];
  const rejected = new Map<string, string[]>();
  const deliveries = new WeakMap<object, FragmentDelivery>();
  const video = new PlayingVideo();
  const hls = {
    on: (name: string, listener: (name: string, detail: object) => void) =>
      listeners.set(name, listener),
    once: (_: string, listener: () => void) => {
      calls.push("attached");
      listener();
    },
    recoverMediaError: () => calls.push("recover"),
    stopLoad: () => calls.push("stop"),
    startLoad: (seconds?: number) => calls.push(`start ${seconds ?? "here"}`),
  };
  new MediaRescue({
    hls: hls as unknown as MediaRescueOptions["hls"],
    video,
    transport: {
      reject: ({ url, range }, pathway) => {
        const name = range === undefined ? url : `${url}@${range.first}`;
        const pathways = [...(rejected.get(name) ?? []), pathway];
        rejected.set(name, pathways);
        return pathways.length < PATHWAYS.length;
      },
    },
    deliveries,
    policy: POLICY,
    now: () => 1_000,
    tell: (error) => told.push(error),
  });
  const frags = Array.from({ length: 6 }, (_, number) => {
    const frag = {
      url: `${number}`,
      byteRange: [],
      start: number * 2,
      end: number * 2 + 2,
      tagList: [],
      gap: false,
    };
    return frag as unknown as Fragment;
  });
  const buffer = (frag: Fragment, pathway: string) => {
    deliveries.set(frag, { pathway, begunOn: undefined });
    listeners.get(Events.FRAG_BUFFERED)?.("", { frag });
  };
  for (const frag of frags) buffer(frag, "a");
  const fail = (fields: Partial<ErrorData> & object) =>
    listeners.get(Events.ERROR)?.("", {
      type: ErrorTypes.MEDIA_ERROR,
      details: ErrorDetails.MEDIA_SOURCE_REQUIRES_RESET,
      fatal: false,
      error: new Error("broken"),
      ...fields,
    });
  const leave = () => listeners.get(Events.DESTROYING)?.("", {});
  return { video, frags, calls, told, rejected, buffer, fail, leave };
}

describe("an error that hls.js gets over by itself", () => {
  test("rejects the segment that could not be read, once", () => {
    const { frags, fail, rejected, calls } = play();
    const error = { details: ErrorDetails.FRAG_PARSING_ERROR, frag: frags[4] as Fragment };
    fail(error);
    fail(error);
    assert.deepEqual([...rejected], [["4", ["a"]]]);
    assert.deepEqual(calls, []);
  });

  test("of the decoder rejects what is shown, not what is being appended", () => {
    const { video, frags, fail, rejected } = play();
    video.error = { code: 3 } as MediaError;
    fail({ frag: frags[5] as Fragment });
    assert.deepEqual([...rejected.keys()], ["2", "3"]);
  });

  for (const details of [ErrorDetails.BUFFER_FULL_ERROR, ErrorDetails.BUFFER_STALLED_ERROR]) {
    test(`${details} speaks against no segment`, () => {
      const { frags, fail, rejected } = play();
      fail({ details, frag: frags[4] as Fragment });
      assert.equal(rejected.size, 0);
    });
  }
});

test("several segments of one file are told apart", () => {
  const { video, frags, buffer, fail, rejected } = play();
  for (const [number, frag] of frags.entries()) {
    Object.assign(frag, { url: "film", byteRange: [number * 100, number * 100 + 100] });
    buffer(frag, "a");
  }
  video.error = { code: 3 } as MediaError;
  fail({ frag: frags[5] as Fragment });
  assert.deepEqual([...rejected.keys()], ["film@200", "film@300"]);
});

describe("an error that stops hls.js", () => {
  test("starts the decoder again, for the segment to come from elsewhere", () => {
    const { frags, fail, rejected, calls, told } = play();
    fail({ fatal: true, frag: frags[2] as Fragment });
    assert.deepEqual([...rejected], [["2", ["a"]]]);
    assert.deepEqual(calls, ["recover"]);
    assert.deepEqual(told, []);
  });

  test("goes on after what nobody has that can be decoded", () => {
    const { frags, buffer, fail, calls, video } = play();
    const frag = frags[2] as Fragment;
    fail({ fatal: true, frag });
    buffer(frag, "b");
    fail({ fatal: true, frag });
    assert.deepEqual(calls, ["recover", "recover", "stop", "attached", "start 6"]);
    assert.equal(video.currentTime, 6);
  });

  const missing = {
    type: ErrorTypes.NETWORK_ERROR,
    details: ErrorDetails.FRAG_LOAD_ERROR,
    fatal: true,
  };

  test("makes a gap of what exists nowhere and has not been reached", () => {
    const { frags, fail, calls, video } = play();
    const frag = frags[5] as Fragment;
    fail({ ...missing, frag });
    assert.deepEqual(calls, ["start here"]);
    assert.equal(frag.gap, true);
    assert.deepEqual(frag.tagList, [["GAP"]]);
    assert.equal(video.currentTime, 5);
  });

  test("goes on after what exists nowhere and has been reached", () => {
    const { frags, fail, calls, video } = play();
    fail({ ...missing, frag: frags[2] as Fragment });
    assert.deepEqual(calls, ["start 6"]);
    assert.equal(video.currentTime, 6);
  });

  test("again and again is told", () => {
    const { frags, fail, calls, told } = play();
    for (const frag of frags.slice(0, 4)) fail({ fatal: true, frag });
    assert.equal(calls.length, 3);
    assert.deepEqual(told, [{ code: "MEDIA_ERROR", message: "mediaSourceRequiresReset: broken" }]);
  });

  test("is told where the title does not exist", () => {
    const { fail, told } = play();
    const response = { code: 404, url: "", data: "" };
    fail({
      type: ErrorTypes.NETWORK_ERROR,
      details: ErrorDetails.MANIFEST_LOAD_ERROR,
      fatal: true,
      response,
    });
    assert.deepEqual(told, [{ code: "NO_SUCH_SOURCE", status: 404 }]);
  });
});

describe("a decoder that fails while nothing is being appended", () => {
  test("is started again, with what it was at from elsewhere, and plays on", () => {
    const { video, rejected, calls, told } = play();
    video.breaks(3);
    assert.deepEqual([...rejected.keys()], ["2", "3"]);
    assert.deepEqual(calls, ["recover"]);
    assert.equal(video.plays, 1);
    assert.deepEqual(told, []);
  });

  test("stays paused if the viewer had paused it", () => {
    const { video, calls } = play();
    video.dispatchEvent(new Event("pause"));
    video.breaks(3);
    assert.deepEqual(calls, ["recover"]);
    assert.equal(video.plays, 0);
  });

  test("is not heard for other errors, nor once the player is gone", () => {
    const { video, calls, leave } = play();
    video.breaks(2);
    leave();
    video.breaks(3);
    assert.deepEqual(calls, []);
  });
});
