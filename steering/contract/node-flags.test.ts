import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { KEEP_COMPILED } from "../../chassis/keep-compiled.ts";
import { STEERING_NODE_FLAGS } from "./node-flags.ts";

const PACKAGE_FILE = new URL("../../package.json", import.meta.url);

test("`npm run steering` starts Node with these flags, as the fleet and the benches do", () => {
  const { scripts } = JSON.parse(readFileSync(PACKAGE_FILE, "utf8"));
  const started = ["bin/node", KEEP_COMPILED, ...STEERING_NODE_FLAGS, "steering/main.ts"].join(" ");
  assert.ok(scripts.steering.endsWith(started), scripts.steering);
});
