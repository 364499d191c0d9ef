import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { validateCmcdEvents } from "@svta/cml-cmcd";
import type { EndedAttempt } from "./ended-attempt.ts";
import {
  type Accounted,
  accountAttempt,
  accountChange,
  openAccount,
  type PlayAccount,
  type PlayChange,
} from "./play-account.ts";
import { type CmcdData, writeCmcd } from "./write-cmcd.ts";

const MOVES: Readonly<Record<string, PlayChange>> = {
  s: { kind: "told-to-play" },
  p: { kind: "playing" },
  w: { kind: "waiting" },
  k: { kind: "seeking" },
  a: { kind: "paused" },
  e: { kind: "ended" },
  q: { kind: "quit" },
  E: { kind: "error", code: "UNREACHABLE", isFatal: false },
  F: { kind: "error", code: "MEDIA_ERROR", isFatal: true },
  h: { kind: "hidden", isHidden: true },
  v: { kind: "hidden", isHidden: false },
  l: { kind: "bitrate", bitrateKbps: 800 },
  H: { kind: "bitrate", bitrateKbps: 2_400 },
  "2": { kind: "rate", rate: 2 },
};

function attempt(pathway: string, outcome: EndedAttempt["outcome"]): EndedAttempt {
  return {
    kind: "segment",
    purpose: "request",
    url: `http://${pathway}:80/1.m4s`,
    host: `http://${pathway}`,
    pathway,
    startedMs: 0,
    firstByteMs: 10,
    lastByteMs: 20,
    fromByte: 0,
    bytes: 1_000,
    durationMs: 2_000,
    status: outcome === "whole" ? 200 : undefined,
    outcome,
  };
}

/**
 * What follows from a play: each letter is a change (`MOVES`), 100 ms apart; `.` lets a second pass, `+b`
 * is a segment that b delivered, and `-b` one that it failed.
 */
function eventsOf(play: string): readonly CmcdData[] {
  let account: PlayAccount = openAccount(0);
  let nowMs = 0;
  const events: CmcdData[] = [];
  const take = (accounted: Accounted) => {
    account = accounted.account;
    events.push(...accounted.events);
  };
  for (const [mark] of play.matchAll(/[+-]\w|./g)) {
    nowMs += mark === "." ? 1_000 : 100;
    const [sign, pathway = ""] = mark;
    const change = MOVES[mark];
    if (sign === "+") take(accountAttempt(account, attempt(pathway, "whole")));
    else if (sign === "-") take(accountAttempt(account, attempt(pathway, "silence")));
    else if (change !== undefined) take(accountChange(account, change, nowMs));
  }
  return events;
}

const kinds = (play: string) =>
  eventsOf(play).map(({ e, sta }) => (e === "ps" ? `${e} ${String(sta)}` : String(e)));
const lastOf = (play: string): CmcdData => eventsOf(play).at(-1) ?? assert.fail("no event");

describe("the state of a play", () => {
  for (const [name, play, states] of [
    ["starts, and plays", "sp", "s p"],
    ["starts with the first picture where nobody said so", "p", "p"],
    ["is not a stall before the first picture", "swwp", "s p"],
    ["nor a pause, nor a seek", "sakp", "s p"],
    ["is a stall when bytes are missing", "spwp", "s p r p"],
    ["is told once", "sppwwpp", "s p r p"],
    ["is a seek, and waiting in it is no stall", "spkwp", "s p k p"],
    ["is a pause, and waiting in it is no stall", "spaw", "s p a"],
    ["is a stall when play goes on with nothing in hand", "spaswp", "s p a p r p"],
    ["ends, and may begin again", "spekp", "s p e k p"],
    ["is quit", "spq", "s p q"],
    ["is not quit when it has ended", "speq", "s p e"],
  ] as const) {
    test(name, () =>
      assert.deepEqual(
        kinds(play),
        states.split(" ").map((state) => `ps ${state}`),
      ),
    );
  }
});

describe("the first picture", () => {
  test("took as long as from the word to the picture", () =>
    assert.equal(lastOf("..s..p")["msd"], 2_100));
  test("is told of once", () => assert.equal(lastOf("sp.wp")["msd"], undefined));
});

describe("a stall", () => {
  test("is told with its length at its end, with the count and the sum", () => {
    const { bs, bsd, bsa, bsda } = lastOf("spw..p.w.p");
    assert.deepEqual([bs, bsd, bsa, bsda], [undefined, [1_100], [2], [3_200]]);
  });
  test("is told at once", () => {
    const { sta, bs, bsa, bsd } = lastOf("spw");
    assert.deepEqual([sta, bs, bsa, bsd], ["r", true, [1], undefined]);
  });
  for (const [name, play, blamed, serving] of [
    ["the host that serves, when nobody has failed", "sp+aw", undefined, "a"],
    ["the host that has failed, when another serves by then", "sp+b-aw", "a", "b"],
    ["the one that serves, once it has delivered since", "sp+a-a+bw", undefined, "b"],
    ["the last that has failed", "sp+c-a-bw", "b", "c"],
  ] as const) {
    test(`is put down to ${name}`, () => {
      const event = lastOf(play);
      assert.equal(event["cdn"], serving);
      assert.equal(event["com.understudy-pathway"], blamed);
    });
  }
  test("ends in the name of the one that it began in", () => {
    const { cdn, bsd } = lastOf("sp+a-aw.+bp");
    assert.equal(cdn, "b");
    assert.deepEqual(bsd, [1_200]);
    assert.equal(lastOf("sp+a-aw.+bp")["com.understudy-pathway"], "a");
  });
});

describe("another host", () => {
  test("is told when it has delivered, and not the first one", () =>
    assert.deepEqual(kinds("+a+a+b+b+a"), ["rr", "rr", "rr", "h", "rr", "rr", "h"]));
  test("is told by its name, after what had failed", () => {
    assert.deepEqual(kinds("+a-a+b"), ["rr", "rr", "rr", "h"]);
    const { h, cdn } = lastOf("+a-a+b");
    assert.deepEqual([h, cdn], ["b", "b"]);
  });
  test("is not one that a probe reached", () => {
    const { account } = accountAttempt(openAccount(0), attempt("a", "whole"));
    const probe: EndedAttempt = { ...attempt("b", "whole"), purpose: "probe" };
    assert.deepEqual(accountAttempt(account, probe).account, account);
    const failed: EndedAttempt = { ...attempt("b", "silence"), purpose: "probe" };
    assert.deepEqual(accountAttempt(account, failed).account, account);
  });
});

describe("told is also", () => {
  test("an error, with its code", () => {
    assert.deepEqual(kinds("spE"), ["ps s", "ps p", "e"]);
    assert.deepEqual(lastOf("spE")["ec"], ["UNREACHABLE"]);
  });
  test("the end that a fatal one is", () =>
    assert.deepEqual(kinds("spF"), ["ps s", "ps p", "e", "ps f"]));
  test("another bitrate, once", () => {
    assert.deepEqual(kinds("llH"), ["bc", "bc"]);
    assert.deepEqual(lastOf("llH")["br"], [2_400]);
  });
  test("a page that is hidden and seen again", () => {
    assert.deepEqual(kinds("vhhv"), ["b", "b"]);
    assert.equal(lastOf("h")["bg"], true);
    assert.equal(lastOf("hv")["bg"], false);
  });
  test("another rate, while it plays", () => {
    assert.deepEqual(kinds("2sp2"), ["ps s", "ps p", "pr"]);
    assert.equal(lastOf("sp2")["pr"], 2);
  });
});

test("whatever happens, the library has no objection", () => {
  const lines = eventsOf("slp+a2H-a+bw.phvE.k-bpaspeqF").map((event) =>
    writeCmcd({ ...event, ts: 1, v: 2 }),
  );
  const { issues } = validateCmcdEvents(lines.join("\n"));
  // It does not know the event `h`, which the specification has (table 1, `e`).
  const others = issues.filter(({ message }) => !message.includes('invalid token value "h"'));
  assert.deepEqual(others, []);
  assert.equal(issues.length, 1);
});
