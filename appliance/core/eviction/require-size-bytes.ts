/**
 * Every index counts whole bytes: a size that is none would unsettle its sums for good.
 *
 * @throws {RangeError} for a size that is not a positive integer, which is a mistake of the caller.
 */
export function requireSizeBytes(sizeBytes: number): void {
  if (Number.isSafeInteger(sizeBytes) && sizeBytes > 0) return;
  throw new RangeError(`Cannot hold an object of ${sizeBytes} bytes: not a positive integer`);
}
