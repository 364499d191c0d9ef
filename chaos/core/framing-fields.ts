/**
 * Reads from the field lines of a head what says where the body ends, `Content-Length` and
 * `Transfer-Encoding` (RFC 9112 §6.1–6.3), and whether another message may follow, `Connection` and
 * `Expect`.
 *
 * What two readers could understand differently is `undefined` here: the proxy then stops reading the
 * connection as HTTP rather than guess.
 */
export type FramingFields = {
  readonly contentLength: number | undefined;
  /** Lower case, in the order in which they were applied. */
  readonly transferCodings: readonly string[];
  /** Lower case, of `Connection`. */
  readonly connectionOptions: readonly string[];
  /** Lower case, of `Expect`. */
  readonly expectations: readonly string[];
};

const FIELD_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Fifteen digits are exact as a number, and far more than any body has. */
const LENGTH = /^\d{1,15}$/;

/** @param lines without their ends, and without the start line. */
export function readFramingFields(lines: readonly string[]): FramingFields | undefined {
  const lengths: string[] = [];
  const codings: string[] = [];
  const connectionOptions: string[] = [];
  const expectations: string[] = [];
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0));
    // A line that begins with a space would continue the one before: obsolete, and refused.
    if (!FIELD_NAME.test(name)) return undefined;
    const value = line.slice(colon + 1);
    if (/[\r\n\0]/.test(value)) return undefined;
    switch (name.toLowerCase()) {
      case "content-length":
        lengths.push(...membersOf(value));
        break;
      case "transfer-encoding":
        codings.push(...membersOf(value.toLowerCase()));
        break;
      case "connection":
        connectionOptions.push(...membersOf(value.toLowerCase()));
        break;
      case "expect":
        expectations.push(...membersOf(value.toLowerCase()));
        break;
    }
  }
  // The same length several times is harmless (§6.3, rule 5); two lengths are not.
  const [length] = lengths;
  if (lengths.some((other) => other !== length || !LENGTH.test(other))) return undefined;
  return {
    contentLength: length === undefined ? undefined : Number(length),
    transferCodings: codings.filter((coding) => coding !== ""),
    connectionOptions,
    expectations,
  };
}

function membersOf(value: string): string[] {
  return value.split(",").map((member) => member.trim());
}
