/** What a person is told who sets steering up wrongly: a sentence, and no regular expression. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readCommandLine } from "../chassis/command-line.ts";
import { SteeringConfig } from "./config.ts";

const SOURCES = "--sources=films=https://origin.example";

function read(flags: readonly string[], env: Record<string, string> = {}) {
  return readCommandLine(SteeringConfig, { command: "steering", argv: flags, env });
}

describe("a setting that cannot be used is told in words:", () => {
  for (const [name, flags, env, words] of [
    [
      "a source with a path",
      ["--sources=films=https://origin.example/vod"],
      {},
      '"films=https://origin.example/vod" must be name=http(s)://host[:port], no path',
    ],
    [
      "a source without a name",
      ["--sources=https://origin.example"],
      {},
      '"https://origin.example" must be name=http(s)://host[:port], no path',
    ],
    [
      "an address without its scheme",
      [SOURCES, "--advertise=steering.example"],
      {},
      "must be http(s)://host[:port], no path",
    ],
    ["a relative path", [SOURCES, "--probe-path=64k.bin"], {}, "must be a path that begins with /"],
    ["another profile", [SOURCES, "--profile=fast"], {}, "must be one of production, demo"],
    [
      "a short session key",
      [SOURCES],
      { UNDERSTUDY_SESSION_KEY: "short" },
      "must be of 16 to 256 characters without spaces",
    ],
    [
      "a short token",
      [SOURCES],
      { UNDERSTUDY_TOKEN: "short" },
      "must not have fewer than 8 characters",
    ],
  ] as const) {
    test(name, () => {
      const result = read(flags, env);
      const message = result.kind === "invalid" ? result.message : result.kind;
      assert.ok(message.includes(words), message);
      assert.doesNotMatch(message, /pattern|\^/);
    });
  }
});

test("a slash at the end of an address is dropped", () => {
  const result = read([`${SOURCES}/,b=http://b:1/`, "--advertise=https://steering.example/"]);
  const config = result.kind === "config" ? result.config : undefined;
  assert.deepEqual(config?.sources, ["films=https://origin.example", "b=http://b:1"]);
  assert.equal(config?.advertise, "https://steering.example");
});
