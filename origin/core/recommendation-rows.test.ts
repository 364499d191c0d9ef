import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { arrangeRows } from "./recommendation-rows.ts";

/** Writes titles as `id year genre rating`. */
function rowsOf(...lines: string[]): Record<string, string> {
  const titles = lines.map((line) => {
    const [id = "", year = "", genre = "", rating] = line.split(" ");
    return {
      id,
      title: id,
      synopsis: "",
      year: Number(year),
      genre,
      durationSeconds: 60,
      accentColor: "#000000",
      ...(rating === undefined ? {} : { rating: rating.replace("_", " ") }),
    };
  });
  return Object.fromEntries(
    arrangeRows(titles).map(({ heading, titleIds }) => [heading, titleIds.join(" ")]),
  );
}

describe("arrangeRows()", () => {
  test("lists every title, newest first, then by id", () =>
    assert.equal(rowsOf("c 2024 x", "b 2025 y", "a 2025 z")["Newest first"], "a b c"));
  test("gives a genre its row from two titles on", () =>
    assert.deepEqual(rowsOf("a 2025 Drama", "b 2024 Drama", "c 2023 Nature"), {
      "Newest first": "a b c",
      Drama: "a b",
    }));
  test("parts the titles by their rating, and leaves the unrated out of both", () =>
    assert.deepEqual(
      rowsOf("a 5 g All_ages", "b 4 h All_ages", "c 3 i 12+", "d 2 j 16+", "e 1 k"),
      { "Newest first": "a b c d e", "For all ages": "a b", "For older viewers": "c d" },
    ));
  test("does not depend on the order in which titles were read", () =>
    assert.deepEqual(rowsOf("a 5 g", "b 5 g"), rowsOf("b 5 g", "a 5 g")));
  test("of no titles makes no rows", () => assert.deepEqual(rowsOf(), {}));
  test("of one title makes one row", () =>
    assert.deepEqual(rowsOf("a 1 g All_ages"), { "Newest first": "a" }));
});
