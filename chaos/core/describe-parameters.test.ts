import assert from "node:assert/strict";
import { test } from "node:test";
import { Type } from "typebox";
import { describeParameters } from "./describe-parameters.ts";

test("describeParameters() says names, types, ranges and what they mean", () => {
  const parameters = {
    seconds: Type.Number({ exclusiveMinimum: 0, maximum: 60, description: "how long" }),
    count: Type.Integer({ minimum: 1 }),
    seed: Type.String({ minLength: 1, maxLength: 9 }),
    paths: Type.Array(Type.String({ maxLength: 5 }), { minItems: 1, maxItems: 3 }),
    anything: Type.Unknown(),
  };
  assert.equal(
    describeParameters(parameters),
    "seconds (number, over 0, at most 60; how long); count (integer, at least 1); " +
      "seed (text, of 1 to 9 characters); " +
      "paths (list, of 1 to 3, each a text, of 0 to 5 characters); anything (value)",
  );
});
