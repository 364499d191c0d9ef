import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { CatalogEntry } from "../../origin/contract/catalog.ts";
import { arrangeHome } from "./home-rows.ts";

const title = (id: string): CatalogEntry => ({
  id,
  title: id,
  synopsis: "",
  year: 2025,
  genre: "Drama",
  durationSeconds: 64,
  accentColor: "#ffffff",
  poster: `/${id}.jpg`,
  sources: ["/master.m3u8"],
});
const TITLES = [title("a"), title("b"), title("c")];

/** `Heading: a b | Other: c` */
function written(rows: ReturnType<typeof arrangeHome>["rows"]): string {
  return rows
    .map((row) => `${row.heading}: ${row.titles.map(({ id }) => id).join(" ")}`)
    .join(" | ");
}

describe("arrangeHome()", () => {
  test("follows the recommendations and adds what they leave out", () => {
    const home = arrangeHome(TITLES, { rows: [{ heading: "Quiet", titleIds: ["b", "a"] }] });
    assert.equal(home.hero?.id, "b");
    assert.equal(written(home.rows), "Quiet: b a | More films: c");
    assert.equal(home.chosenBy, "recommendations");
  });
  test("adds no row where nothing is left out", () =>
    assert.equal(
      written(arrangeHome(TITLES, { rows: [{ heading: "All", titleIds: ["c", "a", "b"] }] }).rows),
      "All: c a b",
    ));
  test("shows the plain catalogue without recommendations", () => {
    const home = arrangeHome(TITLES, undefined);
    assert.equal(written(home.rows), "All films: a b c");
    assert.equal(home.hero?.id, "a");
    assert.equal(home.chosenBy, "catalogue");
  });
  test("leaves out titles that the catalogue does not have, twice-named ones and empty rows", () =>
    assert.equal(
      written(
        arrangeHome(TITLES, {
          rows: [
            { heading: "Gone", titleIds: ["x"] },
            { heading: "Here", titleIds: ["a", "x", "a", "b", "c"] },
          ],
        }).rows,
      ),
      "Here: a b c",
    ));
  test("leaves out a row of what an earlier one shows whole", () => {
    const rows = [
      { heading: "Newest", titleIds: ["a", "b", "c"] },
      { heading: "For all", titleIds: ["c", "b"] },
    ];
    assert.equal(written(arrangeHome(TITLES, { rows }).rows), "Newest: a b c");
  });
  test("keeps a row of what has to be scrolled for elsewhere, or is nowhere else", () => {
    const five = ["a", "b", "c", "d", "e"];
    const rows = [
      { heading: "Newest", titleIds: five },
      { heading: "For all", titleIds: ["e", "a"] },
    ];
    assert.equal(
      written(arrangeHome(five.map(title), { rows }).rows),
      "Newest: a b c d e | For all: e a",
    );
    const apart = [
      { heading: "One", titleIds: ["a"] },
      { heading: "Two", titleIds: ["b", "a"] },
    ];
    assert.equal(
      written(arrangeHome(TITLES, { rows: apart }).rows),
      "One: a | Two: b a | More films: c",
    );
  });
  test("an empty catalogue has nothing to show", () =>
    assert.deepEqual(arrangeHome([], undefined), {
      hero: undefined,
      rows: [],
      chosenBy: "catalogue",
    }));
});
