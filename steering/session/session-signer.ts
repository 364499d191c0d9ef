/**
 * Signs what a viewer carries, and believes only what it has signed itself.
 *
 * A token is `base64url(payload).base64url(HMAC-SHA-256)`. One bad in any way gives an anonymous
 * session and never an error, because playback must not end over a token. It grants nothing: whoever
 * replays one learns an order that anybody may ask for.
 *
 * Keys rotate without a break: the first key signs, every key is believed. To rotate, add the new key behind
 * the old one on all replicas, then put it in front on all, and drop the old one a session's lifetime
 * later. (A token is signed again long before it ends, so a running session changes over by itself.)
 *
 * A token of the right form under no key of ours may be forged, or signed by a replica that has a key which we
 * have not heard of yet. Nothing in it is believed; but its viewer keeps it, for the next replica may know it:
 * a new one in its place would end the session for good.
 *
 * A token that has been verified is remembered, because its viewer comes with it again and again: the
 * same characters under the same keys mean the same, and only its end must be looked at anew.
 */
import {
  createHmac,
  createSecretKey,
  hash,
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
  | "malformed"
  /** By no key that is known here: nothing of it is believed, and it is given back as it is. */
  | "unknown-key"
  | "expired"
  | "unreadable";

/** The session of a token; an anonymous one unless it is `valid` or to `renew`. */
export type ReadToken = { readonly session: ViewerSession; readonly standing: TokenStanding };
type Unread = Exclude<TokenStanding, "valid" | "renew">;

export type SessionSigner = {
  newSessionId(): string;
  sign(session: ViewerSession): string;
  read(token: string | undefined): ReadToken;
  /** What the viewer of a token that was read is to come with the next time: the same, or a new one. */
  tokenAfter(token: string | undefined, read: ReadToken): string;
};

export type SessionSignerOptions = {
  /** The first one signs. At least one. */
  readonly keys: readonly Buffer[];
  readonly lifetimeSeconds: number;
  readonly wallNow: () => number;
};

const MAX_TOKEN_LENGTH = 3_000;
/** The MAC has 32 bytes. What is of this form can stand in a URL and in JSON as it is. */
const FORM = /^([\w-]+)\.([\w-]{43})$/;
/** So that the viewer of a token that is not believed is the same one each time. */
const NAME_CHARACTERS = 22;
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

  function readToken(token: string | undefined): ReadToken | Unread {
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

  function verify(token: string, nowSeconds: number): Verified | Unread {
    const [, payload, mac] = FORM.exec(token) ?? [];
    if (payload === undefined || mac === undefined) return "malformed";
    const key = keyOf(payload, Buffer.from(mac, "base64url"));
    const reading = readSession(Buffer.from(payload, "base64url").toString("utf8"), nowSeconds);
    // By any key: what is over, or no session of this release, is kept by nobody.
    if (!reading.ok) return reading.reason === "expired" ? "expired" : "unreadable";
    if (key === undefined) return "unknown-key";
    const { session, expiresAtSeconds } = reading;
    const verified = { session, expiresAtSeconds, isByFirstKey: key === signing };
    remembered.set(token, verified);
    return verified;
  }

  const sign = (session: ViewerSession): string => {
    const expiresAtSeconds = Math.floor(wallNow() / 1000) + lifetimeSeconds;
    const payload = Buffer.from(writeSession(session, expiresAtSeconds)).toString("base64url");
    return `${payload}.${macOf(payload, signing).toString("base64url")}`;
  };

  return {
    newSessionId: () => randomUUID(),

    sign,

    read(token) {
      const read = readToken(token);
      if (typeof read !== "string") return read;
      const isKept = token !== undefined && read === "unknown-key";
      const id = isKept ? nameOf(token) : randomUUID();
      return { session: { kind: "anonymous", id }, standing: read };
    },

    tokenAfter(token, { session, standing }) {
      const isKept = standing === "valid" || standing === "unknown-key";
      return isKept && token !== undefined ? token : sign(session);
    },
  };
}

function nameOf(token: string): string {
  return hash("sha256", token, "base64url").slice(0, NAME_CHARACTERS);
}

function macOf(payload: string, secret: KeyObject): Buffer {
  return createHmac("sha256", secret).update(payload).digest();
}
