/**
 * Signs what a viewer carries, and believes only what it has signed itself.
 *
 * A token is `base64url(payload).base64url(HMAC-SHA-256)`. One bad in any way gives a fresh
 * anonymous session and never an error, because playback must not end over a token.
 */
import { createHmac, createSecretKey, randomUUID, timingSafeEqual } from "node:crypto";
import { readSession, type ViewerSession, writeSession } from "../core/session/viewer-session.ts";

export type SessionSigner = {
  newSessionId(): string;
  sign(session: ViewerSession): string;
  read(token: string | undefined): ViewerSession;
};

export type SessionSignerOptions = {
  readonly key: Buffer;
  readonly lifetimeSeconds: number;
  readonly wallNow: () => number;
};

const MAX_TOKEN_LENGTH = 3_000;

export function openSessionSigner({ key, lifetimeSeconds, wallNow }: SessionSignerOptions) {
  // A key object is about three times as quick as the same bytes given to every call.
  const secret = createSecretKey(key);
  const macOf = (payload: string) => createHmac("sha256", secret).update(payload).digest();

  function readPayload(token: string | undefined): string | undefined {
    if (token === undefined || token.length > MAX_TOKEN_LENGTH) return undefined;
    const [payload = "", mac = "", ...rest] = token.split(".");
    if (rest.length > 0) return undefined;
    const given = Buffer.from(mac, "base64url");
    const right = macOf(payload);
    if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
    return Buffer.from(payload, "base64url").toString("utf8");
  }

  const signer: SessionSigner = {
    newSessionId: () => randomUUID(),

    sign(session) {
      const expiresAtSeconds = Math.floor(wallNow() / 1000) + lifetimeSeconds;
      const payload = Buffer.from(writeSession(session, expiresAtSeconds)).toString("base64url");
      return `${payload}.${macOf(payload).toString("base64url")}`;
    },

    read(token) {
      const payload = readPayload(token);
      const reading = payload === undefined ? undefined : readSession(payload, wallNow() / 1000);
      return reading?.ok ? reading.session : { kind: "anonymous", id: randomUUID() };
    },
  };
  return signer;
}
