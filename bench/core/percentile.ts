/** The value that so great a share of the values does not exceed, by the nearest rank. */

/** @throws {RangeError} for no values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new RangeError("No values have no percentile");
  return value;
}
