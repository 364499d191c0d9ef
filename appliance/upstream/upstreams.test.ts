/** Who is asked, and who is left alone, with servers that do as a script says. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { policiesOf } from "../config.ts";
import { CheckingReceiver, HONEST, ScriptedServer, type Step } from "./scripted-server.rig.ts";
import type { BreakerChange, Upstream, UpstreamCall, UpstreamRequest } from "./upstream.ts";
import { openUpstreams, type UpstreamPolicy } from "./upstreams.ts";

const POLICY: UpstreamPolicy = {
  ...policiesOf("demo").upstream,
  connections: 3,
  maxUnanswered: 2,
  maxQueued: 1,
};
const REFUSE: Step = { does: "refuse" };
const SILENT: Step = { does: "keep-silent" };
const UNAVAILABLE: Step = { does: "answer", status: 503 };

type Scripts = Readonly<Record<string, readonly Step[]>>;
type Told = { readonly receiver: CheckingReceiver; readonly call: UpstreamCall };

class Stage {
  readonly #servers = new Map<string, ScriptedServer>();
  readonly changes: string[] = [];
  readonly upstreams;
  nowMs = 1;

  constructor(origins: Scripts, shields: Scripts = {}, policy = POLICY) {
    for (const [name, steps] of [...Object.entries(origins), ...Object.entries(shields)]) {
      this.#servers.set(name, new ScriptedServer(`http://${name}.test/`, steps));
    }
    this.upstreams = openUpstreams({
      origins: Object.keys(origins).map((name) => new URL(`http://${name}.test`)),
      shields: Object.keys(shields).map((name) => new URL(`http://${name}.test`)),
      policy,
      now: () => this.nowMs,
      random: () => 1,
      open: ({ url }) => this.server(url.hostname.replace(".test", "")),
    });
    this.upstreams.watch(({ from, to }: BreakerChange) => this.changes.push(`${from} > ${to}`));
  }

  server(name: string): ScriptedServer {
    return this.#servers.get(name) ?? assert.fail(name);
  }

  asked(name: string): number {
    return this.server(name).asked.length;
  }

  state(name: string) {
    return this.upstreams.states().find(({ url }) => url === `http://${name}.test/`);
  }

  begin(target = "/a", method = "GET"): Told {
    const request: UpstreamRequest = { method, target, fields: {} };
    const receiver = new CheckingReceiver();
    return { receiver, call: this.upstreams.call(request, receiver) };
  }

  settle(): void {
    while ([...this.#servers.values()].some((server) => server.deliver()));
  }

  /** What came of so many calls, one after the other. */
  stories(count: number): string[] {
    return Array.from({ length: count }, () => {
      const { receiver } = this.begin();
      this.settle();
      return receiver.story.replace(/ \(.*\)/, "");
    });
  }
}

describe("an origin that fails", () => {
  test("is left alone after five failures in a row, and asked again after a quarter of a second", () => {
    const stage = new Stage({ one: Array<Step>(5).fill(REFUSE) });
    assert.deepEqual(stage.stories(7), [
      ...Array<string>(5).fill("unreachable"),
      "breaker-open",
      "breaker-open",
    ]);
    assert.equal(stage.asked("one"), 5);
    stage.nowMs += 249;
    assert.deepEqual(stage.stories(1), ["breaker-open"]);
    stage.nowMs += 1;
    assert.deepEqual(stage.stories(1), ["200 1000 bytes, complete"]);
    assert.deepEqual(stage.changes, ["closed > open", "open > half-open", "half-open > closed"]);
  });

  test("is asked at least once a second, however long it has failed", () => {
    const stage = new Stage({ one: Array<Step>(1_000).fill(SILENT) });
    for (let passedMs = 0; passedMs < 60_000; passedMs += 50) {
      stage.stories(1);
      stage.nowMs += 50;
    }
    assert.ok(stage.asked("one") >= 60, `${stage.asked("one")} in a minute`);
    assert.ok(stage.asked("one") <= 80, `${stage.asked("one")} in a minute`);
  });

  test("with 503 all the time is left alone, with 500 and 404 it is not", () => {
    const answering = (status: number) =>
      new Stage({ one: Array(24).fill({ does: "answer", status }) });
    assert.deepEqual(answering(503).stories(21).at(-1), "breaker-open");
    assert.deepEqual(answering(500).stories(21).at(-1), "500 0 bytes, complete");
    assert.deepEqual(answering(404).stories(21).at(-1), "404 0 bytes, complete");
  });

  test("in more than half of its calls is left alone, though never five times in a row", () => {
    const stage = new Stage({
      one: Array.from({ length: 30 }, (_, at) => (at % 3 ? REFUSE : HONEST)),
    });
    assert.equal(stage.stories(20).includes("breaker-open"), false);
    assert.equal(stage.stories(2).at(-1), "breaker-open");
  });

  test("is not blamed for clients that leave, but for having been given up", () => {
    const hung = (source: "client" | "origin") => {
      const stage = new Stage({ one: [] });
      for (let at = 0; at < 5; at += 1) stage.begin().call.abort({ source, kind: "timeout" });
      return stage.state("one");
    };
    assert.equal(hung("client")?.breaker, "closed");
    assert.equal(hung("origin")?.breaker, "open");
    assert.equal(hung("origin")?.failures.timeout, 5);
  });

  test("is trusted again with the head of a trial, not only with its last byte", () => {
    const stage = new Stage({ one: Array<Step>(5).fill(REFUSE) });
    stage.stories(5);
    stage.nowMs += 250;
    const { receiver } = stage.begin();
    stage.server("one").deliver();
    assert.equal(receiver.story, "200 0 bytes, open");
    assert.equal(stage.state("one")?.breaker, "closed");
  });

  test("keeps no trial taken by a client that left", () => {
    const stage = new Stage({ one: Array<Step>(5).fill(REFUSE) });
    stage.stories(5);
    stage.nowMs += 250;
    for (let at = 0; at < 10; at += 1) stage.begin().call.abort();
    assert.equal(stage.stories(1)[0], "200 1000 bytes, complete");
  });
});

test("a trial whose client left is free again, though the server has not noticed yet", () => {
  const deaf: Upstream = {
    url: "http://one.test/",
    call: () => ({ hold: () => undefined, goOn: () => undefined, abort: () => undefined }),
    close: async () => undefined,
  };
  let nowMs = 1;
  const upstreams = openUpstreams({
    origins: [new URL(deaf.url)],
    policy: policiesOf("demo").upstream,
    now: () => nowMs,
    random: () => 1,
    open: () => deaf,
  });
  const begin = () => {
    const receiver = new CheckingReceiver();
    return {
      receiver,
      call: upstreams.call({ method: "GET", target: "/a", fields: {} }, receiver),
    };
  };
  for (let at = 0; at < 5; at += 1) begin().call.abort({ source: "origin", kind: "timeout" });
  assert.equal(upstreams.states()[0]?.breaker, "open");
  nowMs += 250;
  for (let at = 0; at < 10; at += 1) begin().call.abort();
  assert.equal(begin().receiver.story, "open");
});

test("what waits to be taken up again is told when all is closed", async () => {
  const broken: Step = { does: "serve", bytes: 9, ending: "break", hasLength: true };
  const stage = new Stage({ one: [broken, REFUSE] });
  const { receiver } = stage.begin();
  stage.settle();
  assert.equal(receiver.story, "200 9 bytes, open");
  await stage.upstreams.close();
  assert.equal(receiver.story, "200 9 bytes, aborted (no longer needed)");
});

describe("of several origins", () => {
  test("the next is asked while the first is left alone, and the first again when it is well", () => {
    const stage = new Stage({ one: Array<Step>(5).fill(REFUSE), two: [] });
    stage.stories(9);
    assert.deepEqual([stage.asked("one"), stage.asked("two")], [5, 9]);
    stage.nowMs += 250;
    stage.stories(3);
    assert.deepEqual([stage.asked("one"), stage.asked("two")], [8, 9]);
  });

  test("the next is asked where the first owes too many answers", () => {
    const stage = new Stage({ one: [], two: [] });
    const calls = [stage.begin(), stage.begin(), stage.begin(), stage.begin()];
    assert.deepEqual([stage.asked("one"), stage.asked("two")], [2, 2]);
    // Where all do, the first lets a few wait.
    const waiting = [stage.begin(), stage.begin()];
    const refused = stage.begin();
    assert.equal(refused.receiver.story, "busy (every upstream is busy)");
    assert.deepEqual([stage.state("one")?.queued, stage.state("two")?.queued], [1, 1]);
    stage.settle();
    for (const { receiver } of [...calls, ...waiting]) {
      assert.equal(receiver.story, "200 1000 bytes, complete");
    }
    assert.deepEqual([stage.state("one")?.active, stage.state("one")?.queued], [0, 0]);
  });

  test("an answered call no longer counts as one that waits, but it holds a connection", () => {
    const stage = new Stage({ one: [] });
    for (let at = 0; at < 3; at += 1) {
      const { call } = stage.begin();
      stage.server("one").deliver();
      call.hold();
    }
    assert.equal(stage.asked("one"), 3);
    const waiting = stage.begin();
    assert.deepEqual([stage.asked("one"), stage.state("one")?.queued], [3, 1]);
    waiting.call.abort();
    assert.equal(waiting.receiver.story, "aborted (no longer needed)");
    assert.equal(stage.state("one")?.queued, 0);
  });

  test("a call that is held while it waits is held when its turn comes", () => {
    const stage = new Stage({ one: [] });
    const calls = [stage.begin(), stage.begin(), stage.begin()];
    calls[2]?.call.hold();
    stage.settle();
    const ends = calls.map(({ receiver }) => receiver.story.split(", ").at(-1));
    assert.deepEqual(ends, ["complete", "complete", "open"]);
    assert.equal(stage.asked("one"), 3);
  });

  test("each says of itself how it is", () => {
    const stage = new Stage({ one: [UNAVAILABLE, HONEST], two: [] });
    stage.stories(2);
    assert.deepEqual(stage.upstreams.states(), [
      {
        url: "http://one.test/",
        role: "origin",
        breaker: "closed",
        active: 0,
        queued: 0,
        calls: 2,
        resumes: 0,
        failures: { unreachable: 0, timeout: 0, broken: 0, unavailable: 1 },
      },
      {
        url: "http://two.test/",
        role: "origin",
        breaker: "closed",
        active: 0,
        queued: 0,
        calls: 1,
        resumes: 0,
        failures: { unreachable: 0, timeout: 0, broken: 0, unavailable: 0 },
      },
    ]);
  });
});

describe("behind shields", () => {
  const targets = Array.from({ length: 40 }, (_, at) => `/title/${at}.m4s`);
  const SHIELDS = ["east", "west", "north"];
  const shielded = (scripts: Scripts) =>
    new Stage({ one: [] }, { east: [], west: [], north: [], ...scripts });
  const askAll = (stage: Stage) => {
    for (const target of targets) {
      stage.begin(target);
      stage.settle();
    }
  };
  const homesIn = (stage: Stage) =>
    new Map(
      SHIELDS.flatMap((name) =>
        stage.server(name).asked.map(({ target }) => [target, name] as const),
      ),
    );

  test("each object is asked for at one of them, and the origin is spared", () => {
    const stage = shielded({});
    askAll(stage);
    askAll(stage);
    assert.equal(stage.asked("one"), 0);
    for (const name of SHIELDS) {
      const asked = stage.server(name).asked.map(({ target }) => target);
      assert.ok(asked.length > 0);
      assert.equal(new Set(asked).size * 2, asked.length, "the same ones both times");
    }
  });

  test("the objects of one that fails spread over the others, and no other moves", () => {
    const well = shielded({});
    askAll(well);
    const stage = shielded({ east: Array<Step>(1_000).fill(REFUSE) });
    askAll(stage);
    const before = homesIn(well);
    const takenOver = new Set<string>();
    for (const [target, name] of homesIn(stage)) {
      if (before.get(target) !== "east") assert.equal(name, before.get(target));
      else if (name !== "east") takenOver.add(name);
    }
    assert.deepEqual([...takenOver].toSorted(), ["north", "west"]);
    assert.equal(stage.asked("one"), 0);
    assert.equal(stage.state("east")?.breaker, "open");
  });

  test("the origin is asked where none of them can serve", () => {
    const failing = Array<Step>(1_000).fill(UNAVAILABLE);
    const stage = shielded({ east: failing, west: failing, north: [] });
    stage.stories(1);
    const none = shielded({ east: failing, west: failing, north: failing });
    assert.deepEqual(none.stories(1), ["200 1000 bytes, complete"]);
    assert.equal(none.asked("one"), 1);
  });

  test("a shield may be silent for longer than what stands behind it", () => {
    const opened = new Map<string, number>();
    openUpstreams({
      origins: [new URL("http://one.test")],
      shields: [new URL("http://east.test")],
      policy: POLICY,
      now: () => 1,
      random: () => 1,
      open: ({ url, policy }) => {
        opened.set(url.hostname, policy.bodyTimeoutMs);
        return new ScriptedServer(url.href);
      },
    });
    assert.ok((opened.get("east.test") ?? 0) > (opened.get("one.test") ?? 0));
  });

  test("the origin itself is asked for what is never cached", () => {
    const stage = shielded({});
    stage.begin("/a", "POST");
    assert.equal(stage.asked("one"), 1);
  });
});
