import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LinkedQueue } from "./linked-queue.ts";

type Member = {
  readonly name: string;
  readonly sizeBytes: number;
  newer: Member | undefined;
  older: Member | undefined;
};

const member = (name: string): Member => ({
  name,
  sizeBytes: name.charCodeAt(0) - 96,
  newer: undefined,
  older: undefined,
});

/** From the oldest to the newest, by both kinds of links. */
function namesIn(queue: LinkedQueue<Member>): string {
  let forwards = "";
  for (let at = queue.oldest; at !== undefined; at = at.newer) forwards += at.name;
  let backwards = "";
  for (let at = queue.newest; at !== undefined; at = at.older) backwards = at.name + backwards;
  assert.equal(forwards, backwards);
  return `${forwards} ${queue.usedBytes}`;
}

function queueOf(...members: readonly Member[]): LinkedQueue<Member> {
  const queue = new LinkedQueue<Member>();
  for (const each of members) queue.add(each);
  return queue;
}

describe("LinkedQueue", () => {
  const [a, b, c] = [member("a"), member("b"), member("c")];

  test("is empty at first", () => assert.equal(namesIn(queueOf()), " 0"));
  test("keeps the order of arrival and sums sizes", () =>
    assert.equal(namesIn(queueOf(a, b, c)), "abc 6"));

  for (const [leaving, expected] of [
    [a, "bc 5"],
    [b, "ac 4"],
    [c, "ab 3"],
  ] as const) {
    test(`${leaving.name} can leave`, () => {
      const queue = queueOf(a, b, c);
      queue.remove(leaving);
      assert.equal(namesIn(queue), expected);
    });
  }

  for (const [renewed, expected] of [
    [a, "bca 6"],
    [b, "acb 6"],
    [c, "abc 6"],
  ] as const) {
    test(`${renewed.name} can become the newest`, () => {
      const queue = queueOf(a, b, c);
      queue.renew(renewed);
      assert.equal(namesIn(queue), expected);
    });
  }

  test("the last one leaves it as it was at first", () => {
    const queue = queueOf(a);
    queue.remove(a);
    assert.equal(namesIn(queue), " 0");
    queue.add(b);
    assert.equal(namesIn(queue), "b 2");
  });

  test("is empty when cleared", () => {
    const queue = queueOf(a, b);
    queue.clear();
    assert.equal(namesIn(queue), " 0");
  });
});
