import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { NO_NETWORKS, readNetworkMap, regionOfAddress } from "./network-map.ts";

/** `10.0.0.0/8=east` */
function mapOf(marks: string) {
  const reading = readNetworkMap(
    marks.split(" ").map((mark) => {
      const [network = "", region = ""] = mark.split("=");
      return { network, region };
    }),
  );
  return reading.ok ? reading.map : assert.fail(`${reading.reason}: ${reading.network}`);
}
const MAP = mapOf(
  "10.0.0.0/8=east 10.1.0.0/16=west 10.1.2.0/23=north 10.1.2.7/32=south 2001:db8::/32=east 2001:db8:1::/48=west",
);

describe("regionOfAddress()", () => {
  const CASES: readonly (readonly [address: string, region: string | undefined])[] = [
    ["10.255.0.1", "east"],
    ["10.1.0.1", "west"],
    ["10.1.3.255", "north"],
    ["10.1.4.0", "west"],
    ["10.1.2.7", "south"],
    ["11.0.0.1", undefined],
    ["2001:db8:ffff::1", "east"],
    ["2001:db8:1::1", "west"],
    ["2001:db9::1", undefined],
    ["::ffff:10.1.0.1", "west"],
    ["::ffff:0a01:0001", "west"],
    ["east", undefined],
    ["", undefined],
    ["10.1.0.1, 10.2.0.1", undefined],
  ];
  for (const [address, region] of CASES) {
    test(`${JSON.stringify(address)} is in ${region}`, () =>
      assert.equal(regionOfAddress(MAP, address), region));
  }
  test("a network of everything holds what no other does", () => {
    const map = mapOf("0.0.0.0/0=far 10.0.0.0/8=near");
    assert.equal(regionOfAddress(map, "192.0.2.1"), "far");
    assert.equal(regionOfAddress(map, "10.0.0.1"), "near");
    assert.equal(regionOfAddress(map, "2001:db8::1"), undefined);
  });
  test("a network of IPv4 written as IPv6 is one of IPv4", () =>
    assert.equal(regionOfAddress(mapOf("::ffff:10.0.0.0/104=east"), "10.9.9.9"), "east"));
  test("an empty map has no regions", () =>
    assert.equal(regionOfAddress(NO_NETWORKS, "10.0.0.1"), undefined));
  test("the bits behind a prefix do not count", () =>
    assert.equal(regionOfAddress(mapOf("10.1.2.3/8=east"), "10.200.0.1"), "east"));

  test("the longest prefix wins, for any networks and addresses", () =>
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 32 }), { minLength: 1 }),
        fc.ipV4(),
        fc.ipV4(),
        (lengths, network, address) => {
          const map = mapOf(lengths.map((bits) => `${network}/${bits}=of-${bits}`).join(" "));
          const numberOf = (text: string) =>
            text.split(".").reduce((sum, byte) => sum * 256 + Number(byte), 0);
          const shared = Math.clz32(numberOf(network) ^ numberOf(address));
          const longest = Math.max(...lengths.filter((bits) => bits <= shared), -1);
          const expected = longest === -1 ? undefined : `of-${longest}`;
          assert.equal(regionOfAddress(map, address), expected);
        },
      ),
    ));
  test("no text breaks it", () =>
    fc.assert(fc.property(fc.string(), (text) => void regionOfAddress(MAP, text))));
});

describe("readNetworkMap()", () => {
  const BAD: readonly (readonly [networks: readonly string[], reason: string])[] = [
    [["10.0.0.0"], "no-network"],
    [["10.0.0.0/33"], "no-network"],
    [["everywhere"], "no-network"],
    [["10.0.0.0/8", "10.9.0.0/8"], "twice"],
    [["2001:db8::/32", "2001:db8:1::/32"], "twice"],
  ];
  for (const [networks, reason] of BAD) {
    test(`refuses ${networks.join(" and ")}`, () => {
      const reading = readNetworkMap(networks.map((network) => ({ network, region: "east" })));
      assert.deepEqual(reading, { ok: false, reason, network: networks.at(-1) });
    });
  }
});
