import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { StartError } from "../chassis/run-service.ts";
import { newServiceApp } from "../chassis/service-app.ts";
import { mayTakeProxyForViewers, unusableProxies } from "./config.ts";
import { startSteering } from "./start-steering.ts";

describe("a trusted proxy", () => {
  for (const good of ["10.0.0.0/8", "192.0.2.1", "::1", "2001:db8::/32", "::ffff:10.0.0.1"]) {
    test(`may be ${good}`, () => {
      assert.deepEqual(unusableProxies([good]), []);
      assert.ok(newServiceApp({ notFoundCode: "NOT_FOUND", trustedProxies: [good] }));
    });
  }
  for (const bad of [
    "",
    "loopback",
    "proxy.example",
    "10",
    "10/8",
    "10.0.0.0/33",
    "10.0.0.0/",
    "10.0.0.0/255.0.0.0",
    "0.0.0.0/0",
    "::/0",
    "010.0.0.1",
    "10.0.0.0/8/8",
    "2001:db8::/129",
  ]) {
    test(`may not be "${bad}"`, () => assert.deepEqual(unusableProxies([bad]), [bad]));
  }
  test("that is none ends the start, and the code says why", () =>
    assert.rejects(
      startSteering({
        host: "127.0.0.1",
        port: 0,
        sources: ["demo=http://127.0.0.1:9"],
        profile: "demo",
        probePath: "/probe",
        trustedProxies: ["10.0.0.0/8", "nowhere"],
        logLevel: "silent",
      }),
      (error) => error instanceof StartError && /^STEER_BAD_PROXY: .*"nowhere"/.test(error.message),
    ));
});

describe("steering may take a proxy for every viewer", () => {
  const NETWORKS = [{}];
  const SECURE = { advertise: "https://steering.example", trustedProxies: [] };
  test("where others reach it by TLS and no proxy is trusted", () =>
    assert.equal(mayTakeProxyForViewers(SECURE, NETWORKS), true));
  test("but not without a map of networks", () =>
    assert.equal(mayTakeProxyForViewers(SECURE, []), false));
  test("nor with a trusted proxy", () =>
    assert.equal(
      mayTakeProxyForViewers({ ...SECURE, trustedProxies: ["10.0.0.0/8"] }, NETWORKS),
      false,
    ));
  test("nor where it is reached without TLS, or as it listens", () => {
    const plain = { trustedProxies: [] };
    assert.equal(mayTakeProxyForViewers(plain, NETWORKS), false);
    assert.equal(
      mayTakeProxyForViewers({ ...plain, advertise: "http://127.0.0.1:4101" }, NETWORKS),
      false,
    );
  });
});
