/** A failure that the person at the keyboard can mend: its message is one line and says how. */
export class SetupError extends Error {
  /** @override */
  name = "SetupError";
}
