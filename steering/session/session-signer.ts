/**
 * Signs what a viewer carries, and believes only what it has signed itself.
 *
 * A token is `base64url(payload).base64url(HMAC-SHA-256)`. One bad in any way gives a fresh anonymous
 * session and never an error, because playback must not end over a token. It grants nothing: whoever
 * replays one learns an order that anybody may ask for.
 *
 * Keys rotate without a break: the first key signs, every key is believed. To rotate, put a new key in
 * front, start all replicas anew, and drop the old one a session's lifetime later. (A token is signed
 * again long before it ends, so a running session changes over by itself.)
 *
 * A token that has been verified is remembered, because its viewer comes with it again and again: the
 * same characters under the same keys mean the same, and only its end must be looked at anew.
 */
import {
  createHmac,
  createSecretKey,
  type KeyObject,
  randomUUID,
  timingSafeEqual,
} from "node:crypto";
import { LRUCache } from "lru-cache";
import { readSession, type ViewerSession, writeSession } from "../core/session/viewer-session.ts";

export type TokenStanding =
  | "valid"
  /** Valid, but signed by an older key, or past half its life: give the viewer a new one. */
  | "renew"
  | "missing"
  | "too-long"
  | "forged"
  | "expired"
  | "unreadable";

/** The session of a token; a fresh anonymous one unless it is `valid` or to `renew`. */
export type ReadToken = { readonly session: ViewerSession; readonly standing: TokenStanding };

export type SessionSigner = {
  newSessionId(): string;
  sign(session: ViewerSession): string;
  read(token: string | undefined): ReadToken;
};

export type SessionSignerOptions = {
  /** The first one signs. At least one. */
  readonly keys: readonly Buffer[];
  readonly lifetimeSeconds: number;
  readonly wallNow: () => number;
};

const MAX_TOKEN_LENGTH = 3_000;
/** 32 bytes. */
const MAC_CHARACTERS = 43;
const RENEW_AT_SHARE = 0.5;
/** Of tokens that were verified: about twenty thousand. */
const MAX_REMEMBERED_CHARACTERS = 10_000_000;

type Verified = {
  readonly session: ViewerSession;
  readonly expiresAtSeconds: number;
  readonly isByFirstKey: boolean;
};

export function openSessionSigner({
  keys,
  lifetimeSeconds,
  wallNow,
}: SessionSignerOptions): SessionSigner {
  // A key object is about three times as quick as the same bytes given to every call.
  const secrets = keys.map((key) => createSecretKey(key));
  const [signing] = secrets;
  if (signing === undefined) throw new TypeError("A session signer needs a key");

  function keyOf(payload: string, mac: Buffer): KeyObject | undefined {
    return secrets.find((secret) => {
      const right = macOf(payload, secret);
      return mac.length === right.length && timingSafeEqual(mac, right);
    });
  }

  const remembered = new LRUCache<string, Verified>({
    maxSize: MAX_REMEMBERED_CHARACTERS,
    sizeCalculation: (_, token) => token.length,
  });

  function readToken(token: string | undefined): ReadToken | Exclude<TokenStanding, "valid"> {
    if (token === undefined || token === "") return "missing";
    if (token.length > MAX_TOKEN_LENGTH) return "too-long";
    const nowSeconds = wallNow() / 1000;
    const verified = remembered.get(token) ?? verify(token, nowSeconds);
    if (typeof verified === "string") return verified;
    const leftSeconds = verified.expiresAtSeconds - nowSeconds;
    if (leftSeconds <= 0) return "expired";
    const isYoung = leftSeconds > lifetimeSeconds * RENEW_AT_SHARE;
    return {
      session: verified.session,
      standing: verified.isByFirstKey && isYoung ? "valid" : "renew",
    };
  }

  function verify(token: string, nowSeconds: number): Verified | Exclude<TokenStanding, "valid"> {
    const dot = token.indexOf(".");
    const payload = token.slice(0, dot);
    const mac = token.slice(dot + 1);
    // Decoding skips what is no base64: such a token would be given back with whatever stands in it.
    if (dot < 1 || mac.length !== MAC_CHARACTERS) return "forged";
    const key = keyOf(payload, Buffer.from(mac, "base64url"));
    if (key === undefined) return "forged";
    const reading = readSession(Buffer.from(payload, "base64url").toString("utf8"), nowSeconds);
    if (!reading.ok) return reading.reason === "expired" ? "expired" : "unreadable";
    const { session, expiresAtSeconds } = reading;
    const verified = { session, expiresAtSeconds, isByFirstKey: key === signing };
    remembered.set(token, verified);
    return verified;
  }

  return {
    newSessionId: () => randomUUID(),

    sign(session) {
      const expiresAtSeconds = Math.floor(wallNow() / 1000) + lifetimeSeconds;
      const payload = Buffer.from(writeSession(session, expiresAtSeconds)).toString("base64url");
      return `${payload}.${macOf(payload, signing).toString("base64url")}`;
    },

    read(token) {
      const read = readToken(token);
      if (typeof read !== "string") return read;
      return { session: { kind: "anonymous", id: randomUUID() }, standing: read };
    },
  };
}

function macOf(payload: string, secret: KeyObject): Buffer {
  return createHmac("sha256", secret).update(payload).digest();
}
