import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { contentSecurity } from "./content-security.ts";

const mediaHosts = (...neighbours: string[]) =>
  contentSecurity(neighbours)["connect-src"]?.filter((source) => source.startsWith("http"));

describe("contentSecurity()", () => {
  test("opens the ports of this machine while every neighbour is on it", () =>
    assert.deepEqual(mediaHosts("http://127.0.0.1:4101", "http://localhost:4111"), [
      "http://127.0.0.1:*",
      "http://localhost:*",
    ]));
  test("opens every host once a neighbour is elsewhere", () =>
    assert.deepEqual(mediaHosts("http://127.0.0.1:4101", "https://cdn.example"), [
      "http:",
      "https:",
    ]));
  test("never lets a name that only looks like loopback count as such", () =>
    assert.deepEqual(mediaHosts("http://127.0.0.1.example:80"), ["http:", "https:"]));
});
