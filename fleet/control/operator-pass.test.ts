import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createOperatorPass } from "./operator-pass.ts";

function newPass() {
  let nowMs = 1;
  let drawn = 0;
  const pass = createOperatorPass({
    now: () => nowMs,
    drawSecret: () => `secret-${++drawn}`,
    sessionMs: 1_000,
    maxSessions: 2,
  });
  return { pass, sleep: (ms: number) => (nowMs += ms) };
}

describe("the operator's pass", () => {
  test("exchanges a code once", () => {
    const { pass } = newPass();
    const code = pass.code();
    assert.equal(pass.isOperator(pass.redeem(code)), true);
    assert.equal(pass.redeem(code), undefined);
    assert.notEqual(pass.code(), code);
  });
  test("does not take a wrong code, nor use up the right one", () => {
    const { pass } = newPass();
    for (const wrong of ["", "secret", "secret-10"]) assert.equal(pass.redeem(wrong), undefined);
    assert.ok(pass.redeem(pass.code()));
  });
  test("ends a session in time", () => {
    const { pass, sleep } = newPass();
    const session = pass.redeem(pass.code());
    sleep(999);
    assert.equal(pass.isOperator(session), true);
    sleep(1);
    assert.equal(pass.isOperator(session), false);
  });
  test("knows no session that it did not make", () => {
    const { pass } = newPass();
    for (const session of [undefined, "", pass.code()]) {
      assert.equal(pass.isOperator(session), false);
    }
  });
  test("keeps the newest sessions only", () => {
    const { pass } = newPass();
    const sessions = [1, 2, 3].map(() => pass.redeem(pass.code()));
    assert.deepEqual(sessions.map(pass.isOperator), [false, true, true]);
  });
});
