import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isOwnAddress } from "./own-address.ts";

describe("isOwnAddress()", () => {
  for (const [upstream, host, port, advertise, expected] of [
    ["http://127.0.0.1:4111", "127.0.0.1", 4111, undefined, true],
    ["http://localhost:4111/base", "127.0.0.1", 4111, undefined, true],
    ["http://[::1]:4111", "0.0.0.0", 4111, undefined, true],
    ["http://127.0.0.1:4100", "127.0.0.1", 4111, undefined, false],
    ["http://127.0.0.1", "0.0.0.0", 80, undefined, true],
    ["https://127.0.0.1", "0.0.0.0", 443, undefined, true],
    ["http://10.0.0.7:4111", "10.0.0.7", 4111, undefined, true],
    ["http://10.0.0.7:4111", "10.0.0.8", 4111, undefined, false],
    ["http://10.0.0.7:4111", "0.0.0.0", 4111, undefined, false],
    ["http://127.0.0.1:4111", "10.0.0.7", 4111, undefined, false],
    ["http://edge.example/media", "0.0.0.0", 4111, "http://edge.example", true],
    ["https://edge.example", "0.0.0.0", 4111, "http://edge.example", false],
    ["http://origin.example", "0.0.0.0", 4111, "http://edge.example", false],
    ["http://127.0.0.1:4111", "127.0.0.1", 0, undefined, false],
  ] as const) {
    const name = `${upstream} for one on ${host}:${port}, advertised as ${advertise}: ${expected}`;
    test(name, () =>
      assert.equal(isOwnAddress(new URL(upstream), { host, port, advertise }), expected),
    );
  }
});
