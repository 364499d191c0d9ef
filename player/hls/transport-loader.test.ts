import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  type HlsConfig,
  type LoaderCallbacks,
  type LoaderConfiguration,
  type LoaderContext,
  LoaderContextType,
} from "hls.js";
import { type Delivery, type TransportRequest, UnavailableError } from "../transport/delivery.ts";
import { type FragmentDelivery, transportLoader } from "./transport-loader.ts";

const CONFIG = {} as HlsConfig;
const UNUSED = {} as LoaderConfiguration;

/** A loader over a transport that the test answers by hand, and what hls.js was told. */
function load(context: Partial<LoaderContext> & object = {}) {
  const told: string[] = [];
  const answered: unknown[] = [];
  const deliveries = new WeakMap<object, FragmentDelivery>();
  let request: TransportRequest | undefined;
  const settle = Promise.withResolvers<Delivery>();
  const Loader = transportLoader({
    transport: {
      load: (asked) => {
        request = asked;
        asked.signal.addEventListener("abort", () => settle.reject(asked.signal.reason));
        return settle.promise;
      },
    },
    now: () => 10_000,
    deliveries,
  });
  const loader = new Loader(CONFIG);
  const callbacks: LoaderCallbacks<LoaderContext> = {
    onSuccess: ({ data, url, code }) => {
      told.push("success");
      answered.push(data, url, code);
    },
    onError: ({ code, text }) => {
      told.push(`error ${code}`);
      answered.push(text);
    },
    onTimeout: () => told.push("timeout"),
    onAbort: () => told.push("abort"),
  };
  const whole: LoaderContext = {
    url: "http://a/1.m4s",
    responseType: "arraybuffer",
    type: LoaderContextType.MEDIA_FRAGMENT,
    ...context,
  };
  loader.load(whole, UNUSED, callbacks);
  assert.ok(request);
  return { loader, told, answered, deliveries, request, settle };
}

const delivery = (text: string): Delivery => ({
  url: "http://a/1.m4s",
  body: new TextEncoder().encode(text).buffer,
  response: new Response("", { headers: { age: "7", "x-a": "b" } }),
  pathway: "b",
  begunOn: "a",
  firstByteAfterMs: 20,
  transferMs: 500,
});

/** The promise chain of the loader has run. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("the loader that hls.js is given", () => {
  for (const [type, kind] of [
    [LoaderContextType.MANIFEST, "multivariant-playlist"],
    [LoaderContextType.LEVEL, "media-playlist"],
    [LoaderContextType.AUDIO_TRACK, "media-playlist"],
    [LoaderContextType.SUBTITLE_TRACK, "media-playlist"],
    [LoaderContextType.MEDIA_FRAGMENT, "segment"],
    [LoaderContextType.KEY, "key"],
    [LoaderContextType.SERVER_CERTIFICATE, "other"],
  ] as const) {
    test(`asks for ${type} as ${kind}`, () => assert.equal(load({ type }).request.kind, kind));
  }

  test("turns hls.js' exclusive range end into an inclusive one", () => {
    assert.deepEqual(load({ rangeStart: 100, rangeEnd: 200 }).request.range, {
      first: 100,
      last: 199,
    });
    assert.equal(load({ rangeStart: 0, rangeEnd: 0 }).request.range, undefined);
  });

  for (const [responseType, expected] of [
    ["text", '{"a":1}'],
    ["json", { a: 1 }],
  ] as const) {
    test(`gives ${responseType} as hls.js expects it`, async () => {
      const { answered, settle } = load({ responseType });
      settle.resolve(delivery('{"a":1}'));
      await settled();
      assert.deepEqual(answered[0], expected);
    });
  }

  test("shows ABR the transfer that succeeded, not the time lost on others", async () => {
    const { loader, settle } = load();
    loader.stats.loading.start = 1_000;
    settle.resolve(delivery("0123456789"));
    await settled();
    assert.deepEqual({ ...loader.stats.loading }, { start: 9_500, first: 9_520, end: 10_000 });
    assert.equal(loader.stats.loaded, 10);
  });

  test("keeps its stats up to date while loading", () => {
    const { loader, request } = load();
    request.onProgress({ startedMs: 5, firstByteMs: 9, receivedBytes: 300, sizeBytes: 1_000 });
    assert.equal(loader.stats.loaded, 300);
    assert.equal(loader.stats.total, 1_000);
    assert.equal(loader.stats.loading.first, 9);
  });

  test("notes who delivered a fragment", async () => {
    const frag = {};
    const { deliveries, settle } = load({ frag } as object);
    settle.resolve(delivery("x"));
    await settled();
    assert.deepEqual(deliveries.get(frag), { pathway: "b", begunOn: "a" });
  });

  test("tells the age and other headers of the answer", async () => {
    const { loader, settle } = load();
    assert.equal(loader.getCacheAge?.(), null);
    settle.resolve(delivery("x"));
    await settled();
    assert.equal(loader.getCacheAge?.(), 7);
    assert.equal(loader.getResponseHeader?.("x-a"), "b");
  });

  test("an abort aborts the request, and is told once", async () => {
    const { loader, told, request } = load();
    loader.abort();
    loader.abort();
    await settled();
    assert.equal(request.signal.aborted, true);
    assert.equal(loader.stats.aborted, true);
    assert.deepEqual(told, ["abort"]);
  });

  test("after destroy() nothing is told any more", async () => {
    const { loader, told, settle } = load();
    loader.destroy();
    settle.resolve(delivery("x"));
    await settled();
    assert.deepEqual(told, []);
  });

  test("destroy() after success is harmless", async () => {
    const { loader, told, settle } = load();
    settle.resolve(delivery("x"));
    await settled();
    loader.destroy();
    assert.deepEqual(told, ["success"]);
  });

  test("what exists nowhere is an error with its status", async () => {
    const { told, settle } = load();
    settle.reject(new UnavailableError("http://a/1.m4s", 404));
    await settled();
    assert.deepEqual(told, ["error 404"]);
  });

  test("a mistake of ours is an error in plain words, and nobody's unhandled rejection", async () => {
    const { told, answered, settle } = load();
    settle.reject(new RangeError("no such byte"));
    await settled();
    assert.deepEqual(told, ["error 0"]);
    assert.deepEqual(answered, ["Cannot load http://a/1.m4s: RangeError: no such byte"]);
  });

  test("so is an answer that is not what hls.js wants to read", async () => {
    const { told, answered, settle } = load({ responseType: "json" });
    settle.resolve(delivery("<html>"));
    await settled();
    assert.deepEqual(told, ["error 0"]);
    assert.match(String(answered[0]), /^Cannot load http:\/\/a\/1\.m4s: SyntaxError/);
  });
});
