import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import Hls, {
  type HlsConfig,
  type LoaderCallbacks,
  type LoaderConfiguration,
  type LoaderContext,
  LoaderContextType,
  LoadStats,
} from "hls.js";
import { type Delivery, type TransportRequest, UnavailableError } from "../transport/delivery.ts";
import type { FragmentDelivery } from "./loader-session.ts";
import { transportLoader } from "./transport-loader.ts";

const CONFIG = {} as HlsConfig;
const UNUSED = {} as LoaderConfiguration;

/** A loader over a transport that the test answers by hand, and what hls.js was told. */
function load(
  context: Partial<LoaderContext> & object = {},
  listening: Partial<LoaderCallbacks<LoaderContext>> = {},
) {
  const told: string[] = [];
  const answered: unknown[] = [];
  const deliveries = new WeakMap<object, FragmentDelivery>();
  let request: TransportRequest | undefined;
  const settle = Promise.withResolvers<Delivery>();
  const fetched: string[] = [];
  const Loader = transportLoader({
    sessionOf: (config) => {
      assert.equal(config, CONFIG);
      return {
        deliveries,
        load: (asked, controller) => {
          request = asked;
          assert.equal(controller.signal, asked.signal);
          asked.signal.addEventListener("abort", () => settle.reject(asked.signal.reason));
          return settle.promise;
        },
        fetch: ({ url, type }) => {
          fetched.push(`${type} ${url}`);
          return Promise.resolve(new Response());
        },
      };
    },
    now: () => 10_000,
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
    onProgress: (_, __, data) =>
      told.push(`progress ${typeof data === "string" ? data.length : data.byteLength}`),
    ...listening,
  };
  const whole: LoaderContext = {
    url: "http://a/1.m4s",
    responseType: "arraybuffer",
    type: LoaderContextType.MEDIA_FRAGMENT,
    ...context,
  };
  loader.load(whole, UNUSED, callbacks);
  assert.ok(request);
  return { loader, told, answered, deliveries, request, settle, fetched };
}

test("captions and keys are told from segments", () => {
  const subtitles = { type: "subtitle" };
  const types = [
    load({ frag: subtitles } as object).request.kind,
    load({ frag: { type: "main" } } as object).request.kind,
    load({ type: LoaderContextType.KEY, frag: { type: "main" } } as object).request.kind,
  ];
  assert.deepEqual(types, ["captions", "segment", "key"]);
});

test("a key is not noted as its fragment's delivery", async () => {
  const frag = { type: "main" };
  const { deliveries, settle, told } = load({ type: LoaderContextType.KEY, frag } as object);
  settle.resolve(delivery("0123456789abcdef"));
  await settle.promise;
  await Promise.resolve();
  assert.equal(told.at(-1), "success");
  assert.equal(deliveries.has(frag), false);
});

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
    request.onProgress({ startedMs: 5, firstByteMs: 9, receivedBytes: 0, sizeBytes: 1_000 });
    request.onProgress({ startedMs: 5, firstByteMs: 9, receivedBytes: 300, sizeBytes: 1_000 });
    assert.equal(loader.stats.loaded, 300);
    assert.equal(loader.stats.total, 1_000);
    assert.equal(loader.stats.loading.first, 9);
  });

  test("shows ABR no faster pace than that of the host which serves now", () => {
    const { loader, request } = load();
    const sizeBytes = 1_000;
    request.onProgress({ startedMs: 5, firstByteMs: undefined, receivedBytes: 0, sizeBytes });
    request.onProgress({ startedMs: 5, firstByteMs: 9, receivedBytes: 600, sizeBytes });
    request.onProgress({ startedMs: 50, firstByteMs: undefined, receivedBytes: 600, sizeBytes });
    assert.equal(loader.stats.loaded, 0);
    request.onProgress({ startedMs: 50, firstByteMs: 60, receivedBytes: 700, sizeBytes });
    assert.equal(loader.stats.loaded, 100);
    assert.equal(loader.stats.total, 400);
    // Another body: all is forgotten that was carried over.
    request.onProgress({ startedMs: 90, firstByteMs: undefined, receivedBytes: 0, sizeBytes });
    assert.equal(loader.stats.total, 1_000);
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
    assert.deepEqual(told, ["progress 1", "success"]);
  });

  test("gives progressive data in one piece, once all of it is in order", async () => {
    const { told, request, settle } = load();
    request.onProgress({ startedMs: 5, firstByteMs: 9, receivedBytes: 3, sizeBytes: 4 });
    assert.deepEqual(told, []);
    settle.resolve(delivery("0123"));
    await settled();
    assert.deepEqual(told, ["progress 4", "success"]);
  });

  test("tells no success to whom the progress made turn away", async () => {
    const { loader, told, settle } = load({}, { onProgress: () => loader.destroy() });
    settle.resolve(delivery("x"));
    await settled();
    assert.deepEqual(told, []);
  });

  test("is used once, as hls.js' own", () => {
    const { loader } = load();
    assert.throws(
      () =>
        loader.load(
          { url: "", responseType: "", type: LoaderContextType.KEY },
          UNUSED,
          {} as never,
        ),
      {
        message: "A loader can only be used once",
      },
    );
  });

  test("the CMCD of hls.js is no part of what is asked for, and goes wherever it is fetched", async () => {
    const { request, fetched, loader } = load({ url: "http://a/1.m4s?CMCD=br%3D300&x=1" });
    assert.equal(request.url, "http://a/1.m4s?x=1");
    await request.fetch?.("http://b/1.m4s?x=1");
    assert.deepEqual(fetched, ["media-fragment http://b/1.m4s?x=1&CMCD=br%3D300"]);
    assert.equal(loader.context?.url, "http://a/1.m4s?CMCD=br%3D300&x=1");
  });

  test("the headers of hls.js go along", () =>
    assert.deepEqual(load({ headers: { "CMCD-Request": "bl=400" } }).request.headers, {
      "CMCD-Request": "bl=400",
    }));

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

describe("what no other pathway has", () => {
  const { DefaultConfig } = Hls;
  after(() => {
    Hls.DefaultConfig = DefaultConfig;
  });

  const inBreak = { ...CONFIG, assetPlayerId: "ad-1" };
  for (const [what, type, config] of [
    ["a steering manifest", LoaderContextType.STEERING_MANIFEST, CONFIG],
    ["a list of ads", LoaderContextType.INTERSTITIAL_ASSET_LIST, CONFIG],
    ["the certificate of a DRM", LoaderContextType.SERVER_CERTIFICATE, CONFIG],
    ["an ad's playlist", LoaderContextType.MANIFEST, inBreak],
    ["an ad's segment", LoaderContextType.MEDIA_FRAGMENT, inBreak],
  ] as const) {
    test(`${what} is left to the loader of hls.js, which tells it of a failure`, () => {
      const did: string[] = [];
      class HlsOwnLoader {
        readonly stats = new LoadStats();
        readonly context = null;
        load(context: LoaderContext, _: unknown, callbacks: LoaderCallbacks<LoaderContext>): void {
          did.push(`load ${context.url}`);
          callbacks.onError({ code: 429, text: "" }, context, null, this.stats);
        }
        abort = () => did.push("abort");
        destroy = () => did.push("destroy");
        getResponseHeader = (name: string) => `${name} of it`;
      }
      Hls.DefaultConfig = { ...DefaultConfig, loader: HlsOwnLoader as never };
      const Loader = transportLoader({
        sessionOf: () => assert.fail("asked the transport"),
        now: () => 1,
      });
      const loader = new Loader(config);
      const context = { url: "http://ads/list.json", responseType: "json", type };
      const codes: number[] = [];
      loader.load(context, UNUSED, {
        onError: ({ code }: { code: number }) => codes.push(code),
      } as never);
      assert.deepEqual(codes, [429]);
      assert.equal(loader.getResponseHeader?.("Retry-After"), "Retry-After of it");
      loader.abort();
      assert.deepEqual(did, ["load http://ads/list.json", "abort", "destroy"]);
    });
  }

  test("is fetched as the page wants it fetched, where it says so", async (t) => {
    const { self } = globalThis;
    t.after(() => Object.assign(globalThis, { self }));
    Object.assign(globalThis, { self: globalThis });
    const fetchSetup = ({ url }: LoaderContext) =>
      Promise.reject(new TypeError(`no token: ${url}`));
    const Loader = transportLoader({
      sessionOf: () => assert.fail("asked the transport"),
      now: () => 1,
    });
    const loadPolicy = {
      maxTimeToFirstByteMs: 1_000,
      maxLoadTimeMs: 1_000,
      errorRetry: null,
      timeoutRetry: null,
    };
    const told = await new Promise((resolve) => {
      new Loader({ ...inBreak, fetchSetup }).load(
        { url: "http://ads/1.m3u8", responseType: "text", type: LoaderContextType.MANIFEST },
        { ...UNUSED, loadPolicy },
        { onError: ({ text }: { text: string }) => resolve(text) } as never,
      );
    });
    assert.equal(told, "no token: http://ads/1.m3u8");
  });
});
