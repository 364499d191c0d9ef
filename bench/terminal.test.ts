import assert from "node:assert/strict";
import { test } from "node:test";
import { newTerminal } from "./terminal.ts";

test("a line begins anew, whether or not the last one was ended", () => {
  const written: string[] = [];
  const terminal = newTerminal({ write: (text: string) => written.push(text) > 0 });
  terminal.sayLine("one");
  terminal.say("two ");
  terminal.say("and ");
  terminal.sayLine("three");
  terminal.say("four\n");
  terminal.sayLine("five");
  assert.equal(written.join(""), "one\ntwo and \nthree\nfour\nfive\n");
});
