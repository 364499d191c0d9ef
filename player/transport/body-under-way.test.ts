import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { BodyUnderWay } from "./body-under-way.ts";

const text = (body: BodyUnderWay) => new TextDecoder().decode(body.whole());
const bytes = (of: string) => new TextEncoder().encode(of);

describe("BodyUnderWay", () => {
  test("goes on where another pathway repeats its end", () => {
    const body = new BodyUnderWay();
    assert.ok(body.take(0, bytes("abc")));
    assert.ok(body.take(3, bytes("def")));
    assert.ok(body.take(4, bytes("efghi")));
    assert.equal(text(body), "abcdefghi");
  });
  test("refuses bytes that differ from what it holds, and keeps what it has", () => {
    const body = new BodyUnderWay();
    body.take(0, bytes("abcdef"));
    assert.equal(body.take(4, bytes("eXgh")), false);
    assert.equal(text(body), "abcdef");
  });
  test("forgets everything, the expected size included", () => {
    const body = new BodyUnderWay();
    body.expect(10, '"a"');
    body.take(0, bytes("abc"));
    body.forget();
    assert.deepEqual(body.held, { receivedBytes: 0, sizeBytes: undefined, etag: undefined });
  });
  test("is whole however it was cut and repeated", () =>
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        fc.array(fc.tuple(fc.nat(200), fc.nat(50))),
        (original, cuts) => {
          const body = new BodyUnderWay();
          for (const [length, overlap] of cuts) {
            const { receivedBytes } = body.held;
            const from = Math.max(0, receivedBytes - overlap);
            assert.ok(body.take(from, original.subarray(from, receivedBytes + length)));
          }
          body.take(body.held.receivedBytes, original.subarray(body.held.receivedBytes));
          assert.deepEqual(new Uint8Array(body.whole()), original);
        },
      ),
    ));
});
