/** What the hls.js instances of a page share, and what is each one's own. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { default as Hls, HlsConfig } from "hls.js";
import type { ResourceKind } from "../contract/player-events.ts";
import type { Reporter } from "../report/reporter.ts";
import { MASTER, POLICY, Rig } from "../transport/wire.rig.ts";
import { LoaderSessions } from "./loader-sessions.ts";

/** An hls.js as far as a session looks at it. */
class FakeHls {
  readonly config: HlsConfig;
  media: Partial<HTMLMediaElement> | null = null;
  #onDestroying: () => void = () => undefined;

  constructor(config: Partial<HlsConfig> = {}) {
    this.config = config as HlsConfig;
  }

  once(_event: string, listener: () => void): void {
    this.#onDestroying = listener;
  }

  destroy(): void {
    this.#onDestroying();
  }
}

const PAGE = "http://b/films/";

function open(sources: readonly string[] = [], rig = new Rig([MASTER])) {
  let isLooping = false;
  const requests: (Request | string)[] = [];
  const sessions = new LoaderSessions({
    sources,
    policy: POLICY,
    base: () => PAGE,
    fetch: (input, init) => {
      requests.push(input instanceof Request ? input : String(input));
      const { signal = input instanceof Request ? input.signal : null } = init ?? {};
      return rig.fetch(input instanceof Request ? input.url : input, { ...init, signal });
    },
    now: () => rig.nowMs,
    wallNow: () => rig.nowMs,
    random: () => 0.5,
    onLoop: (isNeeded) => {
      isLooping = isNeeded;
    },
  });
  rig.onStep = () => {
    if (isLooping) sessions.tick(rig.nowMs);
  };
  const load = (
    hls: FakeHls,
    url: string,
    kind: ResourceKind = "segment",
    controller = new AbortController(),
  ) => {
    const session = sessions.of(hls.config);
    const loading = session.load(
      {
        url,
        kind,
        range: undefined,
        headers: {},
        signal: controller.signal,
        onProgress: () => undefined,
      },
      controller,
    );
    loading.catch(() => undefined);
    return loading;
  };
  return {
    rig,
    sessions,
    requests,
    load,
    follow: (hls: FakeHls) => sessions.of(hls.config).follow(hls as unknown as Hls),
    isLooping: () => isLooping,
    /** Opens the title, and lets the time pass that it takes. */
    async plays(hls: FakeHls): Promise<void> {
      await load(hls, MASTER, "multivariant-playlist");
      await load(hls, "http://a/low.m3u8", "media-playlist");
    },
  };
}

describe("several hls.js on one loader", () => {
  test("learn of a dead host from each other", async () => {
    const { rig, load, plays } = open();
    const [one, two] = [new FakeHls(), new FakeHls()];
    await plays(one);
    await plays(two);
    rig.set("a", { does: "refuse" });
    await load(one, "http://a/1.m4s");
    rig.asked.length = 0;
    assert.equal((await load(two, "http://a/1.m4s")).pathway, "b");
    assert.deepEqual(rig.asked, ["http://b/1.m4s"]);
  });

  test("each tell their own story", async () => {
    const { rig, load, plays, sessions } = open();
    const [one, two] = [new FakeHls(), new FakeHls()];
    await plays(one);
    await plays(two);
    const told: string[] = [];
    for (const hls of [one, two]) {
      sessions.of(hls.config).emit = (name) => told.push(`${hls === one ? "one" : "two"} ${name}`);
    }
    rig.set("a", { does: "refuse" });
    await load(one, "http://a/1.m4s");
    assert.deepEqual(told, ["one failover"]);
  });

  test("are not what loaders of different pages are", async () => {
    const rig = new Rig([MASTER]);
    const [mine, yours] = [open([], rig), open([], rig)];
    const [one, two] = [new FakeHls(), new FakeHls()];
    await mine.plays(one);
    await yours.plays(two);
    rig.set("a", { does: "refuse" });
    await mine.load(one, "http://a/1.m4s");
    rig.asked.length = 0;
    await yours.load(two, "http://a/1.m4s");
    assert.equal(rig.asked[0], "http://a/1.m4s");
  });
});

describe("the title of an hls.js", () => {
  const ELSEWHERE = "http://elsewhere/master.m3u8";

  test("is asked for at each of its sources", async () => {
    const { rig, load } = open([MASTER, ELSEWHERE]);
    rig.set("steering", { does: "refuse" });
    await load(new FakeHls(), MASTER, "multivariant-playlist");
    assert.deepEqual(rig.asked, [MASTER, ELSEWHERE]);
  });

  for (const relative of ["/master.m3u8", "../master.m3u8", "//b/master.m3u8"]) {
    test(`is found where ${relative} is, seen from the page`, async () => {
      const { rig, load } = open();
      const { url } = await load(new FakeHls(), relative, "multivariant-playlist");
      assert.equal(url, "http://b/master.m3u8");
      assert.deepEqual(rig.asked, ["http://b/master.m3u8"]);
    });
  }

  test("is known for one of the sources by a URL that is relative to the page", async () => {
    const { rig, load } = open(["http://b/films/master.m3u8", MASTER]);
    rig.set("b", { does: "refuse" });
    await load(new FakeHls(), "master.m3u8", "multivariant-playlist");
    assert.deepEqual(rig.asked, ["http://b/films/master.m3u8", MASTER]);
  });

  test("is the one that hls.js asks for, whatever the sources name", async () => {
    const { rig, load } = open([MASTER, ELSEWHERE]);
    await load(new FakeHls(), "http://b/master.m3u8", "multivariant-playlist");
    assert.deepEqual(rig.asked, ["http://b/master.m3u8"]);
  });

  test("may change: what was under way for the other one ends, and its count begins anew", async () => {
    const { rig, load, plays, sessions } = open();
    const hls = new FakeHls();
    await plays(hls);
    rig.set("a", { does: "hang" });
    const late = load(hls, "http://a/1.m4s");
    await load(hls, "http://b/master.m3u8", "multivariant-playlist");
    await assert.rejects(late, { name: "AbortError" });
    assert.equal(sessions.of(hls.config).transport.snapshot().counts.requests, 1);
  });

  test("need not be known: a segment without one is fetched from where it is", async () => {
    const { rig, load } = open([MASTER]);
    assert.equal((await load(new FakeHls(), "http://c/1.m4s")).pathway, "http://c");
    assert.deepEqual(rig.asked, ["http://c/1.m4s"]);
  });
});

describe("the loop", () => {
  test("runs while something is loaded, and half a minute longer", async () => {
    const { rig, isLooping, plays } = open();
    assert.equal(isLooping(), false);
    await plays(new FakeHls());
    await rig.pass(29_000);
    assert.equal(isLooping(), true);
    await rig.pass(2_000);
    assert.equal(isLooping(), false);
  });

  test("runs for as long as an attached hls.js lives", async () => {
    const { rig, isLooping, plays, follow } = open();
    const hls = new FakeHls();
    follow(hls);
    await plays(hls);
    await rig.pass(60_000);
    assert.equal(isLooping(), true);
    hls.destroy();
    assert.equal(isLooping(), false);
  });

  test("runs on for the second when the first is destroyed", async () => {
    const { isLooping, follow } = open();
    const [one, two] = [new FakeHls(), new FakeHls()];
    follow(one);
    follow(two);
    one.destroy();
    assert.equal(isLooping(), true);
    two.destroy();
    assert.equal(isLooping(), false);
  });

  test("runs again for what is loaded after a rest", async () => {
    const { rig, load, isLooping, plays } = open();
    const hls = new FakeHls();
    await plays(hls);
    await rig.pass(31_000);
    rig.set("a", { does: "hang" });
    const loading = load(hls, "http://a/1.m4s");
    assert.equal(isLooping(), true);
    await rig.pass(2_000);
    assert.equal((await loading).pathway, "b");
  });
});

describe("the end", () => {
  test("of the loader: one that was at rest loads no more", async () => {
    const { sessions, rig, load } = open();
    const hls = new FakeHls();
    await load(hls, MASTER, "multivariant-playlist");
    await rig.pass(40_000);
    sessions.close();
    await assert.rejects(load(hls, "http://a/low.m3u8", "media-playlist"), { name: "AbortError" });
  });
  test("of an hls.js in mid-load: nothing is asked for any more", async () => {
    const { rig, load, plays, follow } = open();
    const hls = new FakeHls();
    follow(hls);
    await plays(hls);
    rig.set("a", { does: "hang" });
    const loading = load(hls, "http://a/1.m4s");
    hls.destroy();
    await assert.rejects(loading, { name: "AbortError" });
    rig.asked.length = 0;
    await rig.pass(5_000);
    assert.deepEqual(rig.asked, []);
  });

  test("of the loader: later loads fail at once, of new hls.js too", async () => {
    const { sessions, load, plays, isLooping } = open();
    const hls = new FakeHls();
    await plays(hls);
    sessions.close();
    assert.equal(isLooping(), false);
    await assert.rejects(load(hls, "http://a/1.m4s"), { name: "AbortError" });
    await assert.rejects(load(new FakeHls(), MASTER, "multivariant-playlist"), {
      name: "AbortError",
    });
  });

  test("comes once: attaching the same hls.js again is a mistake", () => {
    const { follow } = open();
    const hls = new FakeHls();
    follow(hls);
    assert.throws(() => follow(hls), { name: "TypeError" });
  });
});

describe("what is in hand", () => {
  const buffered = { length: 1, start: () => 0, end: () => 9 };

  test("is read from the video of an attached hls.js", () => {
    const { sessions, follow } = open();
    const hls = new FakeHls();
    follow(hls);
    hls.media = { buffered, currentTime: 4 };
    assert.equal(sessions.of(hls.config).bufferSeconds(), 5);
    hls.destroy();
    assert.equal(sessions.of(hls.config).bufferSeconds(), 0);
  });

  test("is assumed for one that is not, once it has media", async () => {
    const { sessions, load, plays } = open();
    const hls = new FakeHls();
    await plays(hls);
    assert.equal(sessions.of(hls.config).bufferSeconds(), 0);
    await load(hls, "http://a/1.m4s");
    assert.equal(sessions.of(hls.config).bufferSeconds(), 6);
  });
});

test("the page's way of fetching is for probes and steering too", async () => {
  const { rig, load, plays, requests, follow } = open();
  const hls = new FakeHls({
    fetchSetup: ({ url }, init) => {
      (init as { headers: Headers }).headers.set("x-page", "1");
      return new Request(url, init as RequestInit);
    },
  });
  follow(hls);
  hls.media = { buffered: { length: 1, start: () => 0, end: () => 9 }, currentTime: 0 };
  await plays(hls);
  rig.set("a", { does: "status", status: 503 });
  await load(hls, "http://a/1.m4s");
  await rig.pass(3_000);
  const asThePageDoes = requests.flatMap((request) =>
    request instanceof Request && request.headers.get("x-page") === "1" ? [request] : [],
  );
  assert.ok(asThePageDoes.some(({ headers }) => headers.has("range")));
  assert.ok(asThePageDoes.some(({ url }) => url.startsWith("http://steering/steer")));
});

test("a page whose requests leave the signal out is protected all the same", async () => {
  const { rig, load, plays } = open();
  const hls = new FakeHls({
    fetchSetup: ({ url }) => new Request(url, { credentials: "include" }),
  });
  await plays(hls);
  await load(hls, "http://a/1.m4s");
  rig.set("a", { does: "hang" });
  const loading = load(hls, "http://a/2.m4s");
  await rig.pass(3_000);
  assert.ok(rig.requests.some(({ url, isAborted }) => url === "http://a/2.m4s" && isAborted));
  assert.equal((await loading).pathway, "b");
});

describe("what reports a session", () => {
  /** Whatever it is told of. */
  const reporterOf = (told: string[]) =>
    ({
      noteAttempt: ({ kind }: { readonly kind: string }) => told.push(kind),
      label: (request: object) => request,
      tick: () => told.push("tick"),
      close: () => told.push("close"),
    }) as unknown as Reporter;

  test("is told of the attempts that came before it was there, then of each, and of the end", async () => {
    const { rig, sessions, load, plays, follow } = open();
    const hls = new FakeHls();
    follow(hls);
    await plays(hls);
    const told: string[] = [];
    sessions.of(hls.config).report(() => reporterOf(told));
    assert.deepEqual(told, ["multivariant-playlist", "media-playlist"]);
    await load(hls, "http://a/1.m4s");
    assert.equal(told.at(-1), "segment");
    await rig.pass(100);
    hls.destroy();
    assert.deepEqual(told.slice(-2), ["tick", "close"]);
  });

  test("does not begin once the session is over", () => {
    const { sessions, follow } = open();
    const hls = new FakeHls();
    follow(hls);
    hls.destroy();
    sessions.of(hls.config).report(() => assert.fail("begun"));
    assert.equal(sessions.of(hls.config).reporter, undefined);
  });
});
