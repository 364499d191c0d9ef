import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { atsConfiguration } from "./ats-configuration.ts";

const files = atsConfiguration({
  port: 4567,
  originUrl: "http://127.0.0.1:4100",
  folder: "/stage/ats",
  ramMebibytes: 2,
  diskMebibytes: 512,
});
const records = (files["etc/records.config"] ?? "").split("\n");

describe("atsConfiguration()", () => {
  test("listens on loopback, before the origin", () => {
    assert.ok(
      records.includes("CONFIG proxy.config.http.server_ports STRING 4567:ip-in=127.0.0.1"),
    );
    assert.equal(files["etc/remap.config"], "map / http://127.0.0.1:4100/\n");
  });
  test("writes nothing outside its folder", () => {
    for (const line of (files["runroot.yaml"] ?? "").trim().split("\n")) {
      assert.match(line, /^\w+: \/stage\/ats(\/|$)/);
    }
  });
  test("has one thread for connections", () =>
    assert.ok(records.includes("CONFIG proxy.config.exec_thread.limit INT 1")));
  test("is told sizes in bytes", () =>
    assert.ok(records.includes("CONFIG proxy.config.cache.ram_cache.size INT 2097152")));
  test("names the kind of each value", () =>
    assert.ok(
      records.includes("CONFIG proxy.config.http.background_fill_completed_threshold FLOAT 0.0"),
    ));
});
