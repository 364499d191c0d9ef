/** A bench that cannot go on, for a reason to tell the person at the keyboard in one plain line. */
export class BenchError extends Error {
  override readonly name = "BenchError";
}
