import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { varnishFlags, varnishProgram } from "./varnish-configuration.ts";

const WISHES = {
  port: 4567,
  originUrl: "http://127.0.0.1:4100",
  folder: "/stage/varnish",
  storeMebibytes: 512,
};

describe("varnishFlags()", () => {
  const flags = varnishFlags(WISHES);
  const follows = (flag: string) => flags[flags.indexOf(flag) + 1];

  test("listen on loopback, and for no commands", () => {
    assert.equal(follows("-a"), "127.0.0.1:4567");
    assert.equal(follows("-T"), "none");
  });
  test("write nothing outside the folder", () => {
    for (const path of flags.filter((flag) => flag.startsWith("/"))) {
      assert.match(path, /^\/stage\/varnish\//);
    }
  });
  test("keep objects in memory, in one pool of threads", () => {
    assert.equal(follows("-s"), "malloc,512m");
    assert.ok(flags.includes("thread_pools=1"));
  });
});

describe("varnishProgram()", () => {
  test("names the origin by address and port", () =>
    assert.match(varnishProgram(WISHES), /\.host = "127\.0\.0\.1";\n {2}\.port = "4100";/));
  test("knows the port that an address need not name", () =>
    assert.match(varnishProgram({ originUrl: "http://origin.example" }), /\.port = "80";/));
});
