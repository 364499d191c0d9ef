/**
 * Makes an operator out of whoever holds the link that the fleet printed: the code in it works once
 * and is exchanged for a session, which the browser keeps as a cookie.
 *
 * Sessions live in memory, so they end with the fleet. A code that was used is replaced at once.
 */
import { createHash, timingSafeEqual } from "node:crypto";

export type OperatorPass = {
  /** The code that works now. */
  code(): string;
  /** A new session for the right code, which then works no more. */
  redeem(code: string): string | undefined;
  isOperator(session: string | undefined): boolean;
};

export type OperatorPassOptions = {
  readonly now: () => number;
  /** Unguessable text. */
  readonly drawSecret: () => string;
  readonly sessionMs: number;
  readonly maxSessions: number;
};

export function createOperatorPass(options: OperatorPassOptions): OperatorPass {
  const { now, drawSecret, sessionMs, maxSessions } = options;
  const endsAtMs = new Map<string, number>();
  let current = drawSecret();

  return {
    code: () => current,
    redeem: (code) => {
      if (!isSame(code, current)) return undefined;
      current = drawSecret();
      const session = drawSecret();
      const [oldest] = endsAtMs.keys();
      if (endsAtMs.size >= maxSessions && oldest !== undefined) endsAtMs.delete(oldest);
      endsAtMs.set(session, now() + sessionMs);
      return session;
    },
    isOperator: (session) => session !== undefined && (endsAtMs.get(session) ?? 0) > now(),
  };
}

/** Hashed first, so that the time it takes tells nothing. */
function isSame(given: string, wanted: string): boolean {
  return timingSafeEqual(digest(given), digest(wanted));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
