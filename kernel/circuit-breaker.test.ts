/**
 * Tables at the boundaries, and the same random calls given to our breaker and to cockatiel's.
 *
 * Where we differ from cockatiel, and why: what comes of a call counts only in the era that let it
 * through (there the late failure of a call from before an outage reopens a half-open breaker); a
 * window forgets by the clock (there old buckets last until enough calls have pushed them out); whom a
 * trial keeps waiting is refused at once instead of waiting for its outcome, because an edge may have
 * something stale to give.
 */
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import {
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleAll,
  type IBreaker,
  noJitterGenerator,
  SamplingBreaker,
} from "cockatiel";
import {
  admitCall,
  type BreakerPolicy,
  type CallOutcome,
  type CircuitBreaker,
  NEW_BREAKER,
  observeCall,
  wouldAdmit,
} from "./circuit-breaker.ts";
import { seededRandom } from "./seeded-random.ts";

const POLICY: BreakerPolicy = {
  failuresInRow: 3,
  failureRatio: 0.5,
  minCalls: 8,
  windowMs: 1_000,
  trials: 2,
  closeAfter: 1,
  openFor: { firstMs: 100, longestMs: 400 },
};

/** Our breaker with a clock that the test moves; its open times are not shortened. */
class Driven {
  breaker: CircuitBreaker = NEW_BREAKER;
  nowMs = 1;
  readonly #policy: BreakerPolicy;
  readonly #random: () => number;

  constructor(policy = POLICY, random = () => 1) {
    this.#policy = policy;
    this.#random = random;
  }

  /** Asks for a call: its era, or why it is refused. */
  begin(): number | string {
    const { breaker, admission } = admitCall(this.breaker, this.#policy, this.nowMs);
    this.breaker = breaker;
    return admission.action === "call" ? admission.era : admission.reason;
  }

  end(era: number | string, outcome: CallOutcome): void {
    assert.equal(typeof era, "number");
    const world = { nowMs: this.nowMs, random: this.#random };
    const event = { era: Number(era), outcome };
    this.breaker = observeCall(this.breaker, event, this.#policy, world);
  }

  /** `.` a call that succeeds, `x` one that fails, `?` a doubt, `o` what proves nothing, `+` 100 ms. */
  play(marks: string): this {
    for (const mark of marks) {
      const outcome = OUTCOMES[mark];
      if (outcome === undefined) this.nowMs += 100;
      else this.end(this.begin(), outcome);
    }
    return this;
  }
}

const OUTCOMES: Readonly<Record<string, CallOutcome>> = {
  ".": "success",
  x: "failure",
  "?": "doubt",
  o: "none",
};

const played = (marks: string) => new Driven().play(marks);
const stateAfter = (marks: string) => played(marks).breaker.state;

describe("a closed breaker", () => {
  test("opens at the third failure in a row", () => {
    assert.equal(stateAfter("xx"), "closed");
    assert.equal(stateAfter("xxx"), "open");
  });
  test("forgets failures in a row at a success", () => assert.equal(stateAfter("xx.xx"), "closed"));
  test("does not mind calls that prove nothing", () => {
    assert.equal(stateAfter("oooo"), "closed");
    assert.equal(stateAfter("xxox"), "open");
  });
  test("does not open at doubts in a row, nor forget failures for them", () => {
    assert.equal(stateAfter("???????"), "closed");
    assert.equal(stateAfter("x?x?x"), "open");
  });
  test("counts doubts among the share of failures", () => {
    assert.equal(stateAfter("????????"), "open", "eight calls");
    assert.equal(stateAfter(".?.?.?.?"), "closed", "four of eight");
  });
  test("opens above half of at least eight calls", () => {
    assert.equal(stateAfter("x.x.x.x"), "closed", "seven calls");
    assert.equal(stateAfter("x.x.x.xx"), "open", "five of eight");
    assert.equal(stateAfter(".x.x.x.x"), "closed", "four of eight");
  });
  test("forgets what is older than the window", () => {
    assert.equal(stateAfter(`x.x.x.x${"+".repeat(9)}x`), "open", "900 ms");
    assert.equal(stateAfter(`x.x.x.x${"+".repeat(10)}x`), "closed", "1000 ms");
  });
});

describe("an open breaker", () => {
  test("refuses until its time is over, and says when that is", () => {
    const driven = played("xxx");
    const refused = admitCall(driven.breaker, POLICY, driven.nowMs + 99);
    assert.deepEqual(refused.admission, { action: "refuse", reason: "open", retryAfterMs: 1 });
    assert.equal(wouldAdmit(driven.breaker, POLICY, driven.nowMs + 100), true);
  });
  test("stays open twice as long each time, up to a limit", () => {
    assert.equal(played("xxx+").begin(), 2);
    assert.equal(played("xxx+x+").begin(), "open");
    assert.equal(played("xxx+x++").begin(), 4);
    assert.equal(played("xxx+x++x+++").begin(), "open");
    assert.equal(played("xxx+x++x++++x++++").begin(), 8);
  });
  test("begins with the first wait again once it has closed", () =>
    assert.equal(typeof played("xxx+x++.xxx+").begin(), "number"));
  test("shortens its wait at random, at most to half", () => {
    const driven = new Driven(POLICY, () => 0).play("xxx");
    assert.equal(wouldAdmit(driven.breaker, POLICY, driven.nowMs + 49), false);
    assert.equal(wouldAdmit(driven.breaker, POLICY, driven.nowMs + 50), true);
  });
});

describe("a half-open breaker", () => {
  test("lets two trials through at once", () => {
    const driven = played("xxx+");
    assert.deepEqual([driven.begin(), driven.begin(), driven.begin()], [2, 2, "trials-under-way"]);
  });
  test("lets no more through at once where it wants more successes", () => {
    const strict = new Driven({ ...POLICY, closeAfter: 3 }).play("xxx+");
    assert.deepEqual([strict.begin(), strict.begin(), strict.begin()], [2, 2, "trials-under-way"]);
  });
  test("closes at the first success", () => assert.equal(stateAfter("xxx+."), "closed"));
  test("opens at the first failure", () => assert.equal(stateAfter("xxx+x"), "open"));
  test("takes a trial that proved nothing for one that never was", () => {
    assert.equal(stateAfter("xxx+oooo"), "half-open");
    assert.equal(stateAfter("xxx+oooo."), "closed");
  });
  test("may ask for several successes", () => {
    const strict = new Driven({ ...POLICY, closeAfter: 3 });
    assert.equal(strict.play("xxx+..").breaker.state, "half-open");
    assert.equal(strict.play(".").breaker.state, "closed");
  });
});

test("a call counts only in the era that let it through", () => {
  const driven = new Driven();
  const early = [driven.begin(), driven.begin(), driven.begin()] as const;
  driven.play("xxx");
  driven.end(early[0], "success");
  assert.equal(describeState(driven), "open");
  driven.play("+");
  const trials = [driven.begin(), driven.begin()] as const;
  driven.end(early[1], "failure");
  assert.equal(describeState(driven), "half-open");
  driven.end(trials[0], "success");
  driven.end(early[2], "failure");
  driven.end(trials[1], "failure");
  assert.equal(describeState(driven), "closed after 0 failures");
});

function describeState({ breaker }: Driven): string {
  return breaker.state === "closed"
    ? `closed after ${breaker.failuresInRow} failures`
    : breaker.state;
}

describe("agrees with cockatiel", () => {
  const lenient = {
    ...POLICY,
    trials: 1,
    closeAfter: 1,
    openFor: { firstMs: 100, longestMs: 800 },
  };
  const never = Number.POSITIVE_INFINITY;

  test("on failures in a row", async (t) => {
    const policy = { ...lenient, minCalls: never };
    await compare(t, "in a row", policy, () => new ConsecutiveBreaker(policy.failuresInRow));
  });

  test("on the share of failures in a window", async (t) => {
    const policy = { ...lenient, failuresInRow: never, minCalls: 10 };
    await compare(t, "sampling", policy, () => sampling(policy));
  });

  test("on how many trials must succeed", async (t) => {
    const policy = { ...lenient, failuresInRow: never, minCalls: 10, trials: 3, closeAfter: 3 };
    await compare(t, "trials", policy, () => sampling(policy));
  });
});

function sampling(policy: BreakerPolicy): IBreaker {
  return new SamplingBreaker({
    threshold: policy.failureRatio,
    duration: policy.windowMs,
    minimumRps: policy.minCalls / (policy.windowMs / 1_000),
  });
}

const STATE_NAMES = {
  [CircuitState.Closed]: "closed",
  [CircuitState.Open]: "open",
  [CircuitState.HalfOpen]: "half-open",
  [CircuitState.Isolated]: "isolated",
};
const RUNS = 40;
const STEPS = 400;
/** A divisor of a bucket's length, so that the buckets of both begin at the same calls. */
const STEP_MS = 50;

/** Gives both the same calls, some of them far into an outage, and compares the state after each. */
async function compare(
  t: TestContext,
  name: string,
  policy: BreakerPolicy,
  newBreaker: () => IBreaker,
): Promise<void> {
  t.mock.timers.enable({ apis: ["Date"], now: 1 });
  const seen = new Set<string>();
  for (let run = 0; run < RUNS; run += 1) {
    t.mock.timers.setTime(run * 1e9);
    const random = seededRandom(`${name} ${run}`);
    const ours = new Driven(policy);
    ours.nowMs = run * 1e9;
    const theirs = circuitBreaker(handleAll, {
      breaker: newBreaker(),
      halfOpenAfter: new ExponentialBackoff({
        initialDelay: policy.openFor.firstMs,
        maxDelay: policy.openFor.longestMs,
        exponent: 2,
        generator: noJitterGenerator,
      }),
      halfOpenSampling: { calls: policy.closeAfter, threshold: 0 },
    });
    let failureShare = 0;
    for (let step = 0; step < STEPS; step += 1) {
      // Times of peace and of trouble, so that every state is come to.
      if (step % 25 === 0) failureShare = random();
      const passMs = random() < 0.5 ? 0 : STEP_MS;
      t.mock.timers.tick(passMs);
      ours.nowMs += passMs;
      const fails = random() < failureShare;
      const era = ours.begin();
      if (typeof era === "number") ours.end(era, fails ? "failure" : "success");
      const theirsCalled = await callOnce(theirs, fails);
      const at = `${name} ${run}, step ${step}`;
      assert.equal(typeof era === "number", theirsCalled, at);
      assert.equal(ours.breaker.state, STATE_NAMES[theirs.state], at);
      seen.add(`${ours.breaker.state} ${theirsCalled}`);
    }
  }
  assert.ok(seen.has("open false") && seen.has("open true") && seen.has("closed true"));
}

/** Whether the call was let through. */
async function callOnce(
  policy: { execute(call: () => void): Promise<void> },
  fails: boolean,
): Promise<boolean> {
  let called = false;
  try {
    await policy.execute(() => {
      called = true;
      if (fails) throw new Error("as drawn");
    });
  } catch (error) {
    assert.ok(error instanceof Error);
  }
  return called;
}
