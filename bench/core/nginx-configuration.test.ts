import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { nginxConfiguration } from "./nginx-configuration.ts";

const WISHES = { port: 4567, originUrl: "http://127.0.0.1:4100", isRoot: false };

describe("nginxConfiguration()", () => {
  const text = nginxConfiguration(WISHES);
  const lines = text.split("\n").map((line) => line.trim());

  test("listens on loopback, before the origin", () => {
    assert.ok(lines.includes("listen 127.0.0.1:4567 backlog=1024;"));
    assert.ok(lines.includes("server 127.0.0.1:4100;"));
  });
  test("writes nothing outside its prefix", () => {
    const paths = text.matchAll(/(?:_path|pid) (\S+?);?\s/g);
    for (const [, path = ""] of paths) assert.doesNotMatch(path, /^\//);
  });
  test("names a user only for root", () => {
    assert.doesNotMatch(text, /^user/m);
    assert.match(nginxConfiguration({ ...WISHES, isRoot: true }), /^user root;$/m);
  });
  test("closes every block that it opens", () =>
    assert.equal(text.split("{").length, text.split("}").length));
});
