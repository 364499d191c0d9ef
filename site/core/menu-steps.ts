/**
 * Where the focus goes in the menu of faults when a key is pressed.
 *
 * The menu is a column whose first row is a row of its own: the seconds, of which one is chosen. Up and
 * down go round the rows, left and right round the seconds, and a letter goes to the next name that
 * begins with it.
 */
export type MenuSpot = {
  readonly part: "seconds" | "faults";
  readonly index: number;
};

export type MenuShape = {
  readonly seconds: readonly number[];
  /** Which of them is chosen. */
  readonly chosen: number;
  readonly faults: readonly string[];
};

/** Undefined where the key means nothing here. */
export function stepInMenu(key: string, from: MenuSpot, menu: MenuShape): MenuSpot | undefined {
  const row = from.part === "seconds" ? 0 : from.index + 1;
  switch (key) {
    case "ArrowDown":
      return rowAt(row + 1, menu);
    case "ArrowUp":
      return rowAt(row - 1, menu);
    case "Home":
      return rowAt(0, menu);
    case "End":
      return rowAt(-1, menu);
    case "ArrowRight":
      return from.part === "seconds" ? secondsAt(from.index + 1, menu) : undefined;
    case "ArrowLeft":
      return from.part === "seconds" ? secondsAt(from.index - 1, menu) : undefined;
    default:
      return nextBeginningWith(key, row, menu);
  }
}

function rowAt(row: number, { chosen, faults }: MenuShape): MenuSpot {
  const index = around(row, faults.length + 1);
  return index === 0 ? { part: "seconds", index: chosen } : { part: "faults", index: index - 1 };
}

function secondsAt(index: number, { seconds }: MenuShape): MenuSpot {
  return { part: "seconds", index: around(index, seconds.length) };
}

function nextBeginningWith(key: string, row: number, { faults }: MenuShape): MenuSpot | undefined {
  const rows = faults.map((_, step) => around(row + step, faults.length));
  const index = rows.find((candidate) =>
    faults[candidate]?.toLowerCase().startsWith(key.toLowerCase()),
  );
  return index === undefined ? undefined : { part: "faults", index };
}

function around(index: number, count: number): number {
  return (index + count) % count;
}
