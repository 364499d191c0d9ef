import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { DEFAULT_REPORT_POLICY, type ReportPolicy } from "../../contract/report-options.ts";
import {
  EMPTY_QUEUE,
  enqueueReport,
  hastenReports,
  lastBatch,
  observeAnswer,
  observeBeside,
  type ReportAnswer,
  type ReportQueue,
  takeBatch,
  takeBeside,
} from "./report-queue.ts";

const POLICY: ReportPolicy = { ...DEFAULT_REPORT_POLICY, maxWaiting: 5, maxBatch: 3 };

class Bench {
  queue: ReportQueue = EMPTY_QUEUE;
  nowMs = 1;
  readonly policy: ReportPolicy;

  constructor(policy = POLICY) {
    this.policy = policy;
  }

  /** A report for each letter; a capital one is urgent. */
  reports(letters: string): this {
    for (const line of letters) {
      const isUrgent = line !== line.toLowerCase();
      this.queue = enqueueReport(this.queue, { line, isUrgent }, this);
    }
    return this;
  }
  after(ms: number): this {
    this.nowMs += ms;
    return this;
  }
  /** What goes under way now. */
  sends(): string {
    const before = this.queue.underWay;
    this.queue = takeBatch(this.queue, this);
    return this.queue.underWay === before ? "" : this.queue.underWay.join("");
  }
  /** What goes beside it. */
  sendsBeside(): string {
    const before = this.queue.beside;
    this.queue = takeBeside(this.queue, this.policy);
    return this.queue.beside === before ? "" : this.queue.beside.join("");
  }
  hears(answer: number | undefined, retryAfterSeconds = 0, observe = observeAnswer): this {
    const heard: ReportAnswer =
      answer === undefined
        ? { kind: "no-answer" }
        : { kind: "answer", status: answer, retryAfterMs: retryAfterSeconds * 1_000 };
    const { policy, nowMs } = this;
    this.queue = observe(this.queue, heard, { policy, nowMs, random: () => 1 });
    return this;
  }
  get counts(): string {
    const { waiting, underWay, sent, dropped, state } = this.queue;
    return `${waiting.length} waiting, ${underWay.length} under way, ${sent} sent, ${dropped} dropped, ${state}`;
  }
}

describe("reports", () => {
  test("are collected for a while", () => {
    const bench = new Bench().reports("ab");
    assert.equal(bench.after(1_999).sends(), "");
    assert.equal(bench.after(1).sends(), "ab");
  });
  test("go at once when one of them tells of trouble", () =>
    assert.equal(new Bench().reports("aB").sends(), "aB"));
  test("go when there are enough for a body, and the others after the answer", () => {
    const bench = new Bench().reports("abcd");
    assert.equal(bench.sends(), "abc");
    assert.equal(bench.sends(), "", "one body at a time");
    assert.equal(bench.hears(204).sends(), "d");
  });
  test("go when the page may not come back", () => {
    const bench = new Bench().reports("a");
    bench.queue = hastenReports(bench.queue, bench.nowMs);
    assert.equal(bench.sends(), "a");
  });
  test("are no more in a body than it may hold, and never fewer than one", () => {
    const bench = new Bench({ ...POLICY, maxBatchCharacters: 4 }).reports("abc").after(2_000);
    assert.equal(bench.sends(), "ab");
    const long = new Bench({ ...POLICY, maxBatchCharacters: 1 }).reports("a").after(2_000);
    assert.equal(long.sends(), "a");
  });
  test("are dropped where too many wait, the oldest first, and counted", () => {
    const bench = new Bench().reports("abcdefg");
    assert.deepEqual(bench.queue.waiting, ["c", "d", "e", "f", "g"]);
    assert.equal(bench.counts, "5 waiting, 0 under way, 0 sent, 2 dropped, open");
  });
  test("that the page leaves behind are the newest that fit", () => {
    const { queue } = new Bench().reports("abcd");
    assert.deepEqual(lastBatch(queue, { ...POLICY, maxBatchCharacters: 4 }), ["c", "d"]);
    assert.deepEqual(lastBatch(queue, POLICY), ["a", "b", "c", "d"]);
  });
});

describe("an answer", () => {
  const sent = (letters = "A") => {
    const bench = new Bench().reports(letters);
    bench.sends();
    return bench;
  };
  for (const status of [200, 204, 302]) {
    test(`of ${status} is the end of it`, () =>
      assert.equal(sent().hears(status).counts, "0 waiting, 0 under way, 1 sent, 0 dropped, open"));
  }
  for (const answer of [429, 500, 503, undefined]) {
    test(`of ${answer ?? "nobody"} asks for patience, longer each time, and nothing is lost`, () => {
      const bench = sent().hears(answer);
      bench.reports("B");
      assert.equal(bench.after(999).sends(), "", "not even for what is urgent");
      assert.equal(bench.after(1).sends(), "AB");
      bench.hears(answer);
      assert.equal(bench.after(1_999).sends(), "");
      assert.equal(bench.after(1).sends(), "AB");
      assert.equal(bench.hears(204).counts, "0 waiting, 0 under way, 2 sent, 0 dropped, open");
    });
  }
  test("that asks for no patience longer than the longest is kept to", () => {
    const bench = sent();
    for (let time = 0; time < 12; time += 1) {
      bench.hears(503).after(60_000);
      assert.equal(bench.sends(), "A");
    }
  });
  for (const [seconds, pauseMs] of [
    [30, 30_000],
    [0, 1_000],
    [999_999, 3_600_000],
  ] as const) {
    test(`with Retry-After: ${seconds} is heard`, () => {
      const bench = sent().hears(429, seconds);
      assert.equal(bench.after(pauseMs - 1).sends(), "");
      assert.equal(bench.after(1).sends(), "A");
    });
  }
  test("of 410 ends it, and all that comes is counted", () => {
    const bench = sent("Abc").hears(410).reports("d").after(99_999);
    assert.equal(bench.sends(), "");
    assert.equal(bench.counts, "0 waiting, 0 under way, 0 sent, 4 dropped, ended");
  });
  test("of 400 drops that body, and the third in a row is the end", () => {
    const bench = sent("A").hears(400);
    assert.equal(bench.counts, "0 waiting, 0 under way, 0 sent, 1 dropped, open");
    assert.equal(bench.reports("B").sends(), "B");
    bench.hears(404);
    assert.equal(bench.reports("C").sends(), "C");
    assert.equal(bench.hears(404).counts, "0 waiting, 0 under way, 0 sent, 3 dropped, ended");
  });
  test("of 400 is forgotten with the next good one", () => {
    const bench = sent("A").hears(400);
    for (const status of [400, 204, 400, 400]) {
      bench.reports("B").sends();
      bench.hears(status);
    }
    assert.equal(bench.queue.state, "open");
  });
});

describe("a page that may go", () => {
  const sending = () => {
    const bench = new Bench();
    bench.reports("A").sends();
    return bench.reports("bc");
  };
  test("does not wait for the answer to what is under way, once", () => {
    const bench = sending();
    assert.deepEqual([bench.sendsBeside(), bench.reports("d").sendsBeside()], ["bc", ""]);
    assert.equal(
      bench.hears(204).hears(204, 0, observeBeside).counts.slice(0, 32),
      "1 waiting, 0 under way, 3 sent, ",
    );
  });
  test("sends nothing beside nothing, and nothing to who asked for patience", () => {
    assert.equal(new Bench().reports("a").sendsBeside(), "");
    const bench = sending().hears(503);
    assert.equal(bench.sendsBeside(), "");
  });
  test("counts what goes beside as dropped where nobody hears it any more", () => {
    const bench = sending();
    bench.sendsBeside();
    assert.equal(bench.hears(410).counts, "0 waiting, 0 under way, 0 sent, 3 dropped, ended");
  });
});

test("whatever comes, each report is sent once, waits, or is counted as dropped", () => {
  const step = fc.oneof(
    fc.constantFrom("report", "urgent", "send", "send-beside", "answer-beside", "lose-beside"),
    fc.constantFrom(204, 400, 410, 429, 503),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const bench = new Bench();
      let reported = 0;
      for (const each of steps) {
        bench.after(700);
        if (each === "send") bench.sends();
        else if (each === "send-beside") bench.sendsBeside();
        else if (each === "answer-beside" || each === "lose-beside") {
          const answer = each === "answer-beside" ? 204 : undefined;
          if (bench.queue.beside.length > 0) bench.hears(answer, 0, observeBeside);
        } else if (typeof each === "number") {
          if (bench.queue.underWay.length > 0) bench.hears(each);
        } else {
          reported += 1;
          bench.reports(each === "urgent" ? "U" : "r");
        }
        const { waiting, underWay, beside, sent, dropped } = bench.queue;
        assert.ok(waiting.length <= POLICY.maxWaiting);
        const open = waiting.length + underWay.length + beside.length;
        assert.equal(open + sent + dropped, reported);
      }
    }),
  );
});
