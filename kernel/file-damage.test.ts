import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { damageFile, drawFileDamage, FILE_DAMAGE_KINDS, type FileDamage } from "./file-damage.ts";
import { seededRandom } from "./seeded-random.ts";

const FILE = Uint8Array.of(1, 2, 3, 4, 5);

describe("damageFile()", () => {
  const cases: readonly (readonly [FileDamage, readonly number[]])[] = [
    [{ kind: "torn", atByte: 0 }, []],
    [{ kind: "torn", atByte: 3 }, [1, 2, 3]],
    [{ kind: "zeroed", atByte: 1, lengthBytes: 2 }, [1, 0, 0, 4, 5]],
    [{ kind: "flipped", atByte: 4, bit: 1 }, [1, 2, 3, 4, 7]],
  ];
  for (const [damage, expected] of cases) {
    test(`${JSON.stringify(damage)}: ${expected.join(" ")}`, () => {
      assert.deepEqual([...damageFile(FILE, damage)], expected);
      assert.deepEqual([...FILE], [1, 2, 3, 4, 5]);
    });
  }
});

test("drawn damage always changes a file without zeros", () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1 }), fc.string(), (bytes, seed) => {
      const file = bytes.map((byte) => byte | 1);
      const damaged = damageFile(file, drawFileDamage(file.length, seededRandom(seed)));
      assert.notDeepEqual(damaged, file);
    }),
  );
});

test("all kinds are drawn", () => {
  const random = seededRandom("damage");
  const drawn = Array.from({ length: 50 }, () => drawFileDamage(100, random).kind);
  assert.deepEqual(new Set(drawn), new Set(FILE_DAMAGE_KINDS));
});
