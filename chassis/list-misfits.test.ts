import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { listMisfits } from "./list-misfits.ts";

const LETTERS = "abcdefghijkl".split("");
const SCHEMA = Type.Object(
  {
    letter: Type.Optional(Type.Union(LETTERS.map((letter) => Type.Literal(letter)))),
    only: Type.Optional(Type.Literal("this")),
    size: Type.Optional(Type.Union([Type.Null(), Type.Integer({ maximum: 3 })])),
    count: Type.Integer({ minimum: 1 }),
    names: Type.Optional(
      Type.Array(Type.String({ pattern: "^[a-z]+$", form: "small letters" }), { maxItems: 1 }),
    ),
    plain: Type.Optional(Type.String({ pattern: "^x$" })),
  },
  { additionalProperties: false },
);

const misfitsIn = (value: object) =>
  listMisfits(Value.Errors(SCHEMA, value), SCHEMA).map(
    ({ instancePath, what }) => `${instancePath} ${what}`,
  );

describe("listMisfits()", () => {
  for (const [name, value, misfits] of [
    [
      "a choice is told once and whole, however long",
      { letter: "z" },
      ["/letter must be one of a, b, c, d, e, f, g, h, i, j, k, l"],
    ],
    ["the only value there is", { only: "that" }, ["/only must be this"]],
    [
      "alternatives of other kinds are told one by one",
      { size: 4 },
      ["/size must be null", "/size must be <= 3"],
    ],
    ["a form in words instead of a pattern", { names: ["A"] }, ["/names/0 must be small letters"]],
    [
      "the list has no form of its own",
      { names: ["a", "b"] },
      ["/names must not have more than 1 items"],
    ],
    ["a pattern where there are no words", { plain: "y" }, ['/plain must match pattern "^x$"']],
    [
      "a field that nobody knows",
      { colour: 1, "a/b": 2 },
      ["/colour is no field that is known here", "/a~1b is no field that is known here"],
    ],
    ["a number", { count: 0 }, ["/count must be >= 1"]],
    ["nothing", {}, []],
  ] as const) {
    test(name, () => assert.deepEqual(misfitsIn({ count: 1, ...value }), misfits));
  }

  test("a field that is missing", () => assert.deepEqual(misfitsIn({}), ["/count is missing"]));
  test("many unknown fields are told of, though the validator tells of the first few", () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`f${at}`, 1]));
    const told = misfitsIn({ count: 1, ...many });
    assert.ok(told.length > 0);
    for (const one of told) assert.match(one, /^\/f\d+ is no field that is known here$/);
  });
});
