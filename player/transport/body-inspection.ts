/**
 * Looks at every body that has come whole, before anybody gets it: the last gate to the decoder.
 *
 * The verdict is in `core/body/judge-body.ts`; here is what it wants to know: what the playlists say, which
 * initialization section belongs to which segment, what the digest is, and who has sent the same before.
 */
import { isPlaylist } from "../../kernel/playlist-lines.ts";
import { beginsWrong } from "../core/body/inspect-media.ts";
import { asMedia, type BodyFault, type BodyVerdict, judgeBody } from "../core/body/judge-body.ts";
import { bodyName, type ListedBody, readListedBodies } from "../core/body/listed-bodies.ts";
import type { Tracks } from "../core/body/mp4-samples.ts";
import { type PromisedDigest, promisedDigest } from "../core/body/repr-digest.ts";
import type { TransportRequest } from "./delivery.ts";

export type Digest = (
  algorithm: PromisedDigest["algorithm"],
  bytes: Uint8Array<ArrayBuffer>,
) => Promise<ArrayBuffer>;

type Answer = Pick<Response, "status" | "headers">;

/** A body that looked damaged, and how often which pathways sent exactly these bytes. */
type Doubt = { readonly bytes: Uint8Array; readonly pathway: string; readonly times: number };

/** So often must one pathway alone send the same damaged bytes to be believed. */
const BELIEVED_AFTER = 3;
/** Initialization sections that are remembered: a channel without end has ever new ones. */
const MOST_INITS = 64;
const DELIVERY_DIRECTIVE = /[?&]_HLS_[^&#]*/g;

export class BodyInspection {
  readonly #digest: Digest | undefined;
  readonly #isManifest: (text: string) => boolean;
  /** By media playlist. */
  readonly #listed = new Map<string, ReadonlyMap<string, ListedBody>>();
  readonly #inits = new Map<string, Tracks>();
  readonly #doubts = new WeakMap<TransportRequest, Doubt>();
  /** Until two pathways agreed on media that looked damaged: then our look was wrong. */
  #trustsLooks = true;
  /** The manifest is an MPD, and says of no body what it is. */
  #knowsByName = false;

  /** @param isManifest knows what names all the rest, where that may be no playlist. */
  constructor(
    digest: Digest | undefined = pageDigest(),
    isManifest: (text: string) => boolean = isPlaylist,
  ) {
    this.#digest = digest;
    this.#isManifest = isManifest;
  }

  /** Notes what the play began with: what was listed before belongs to another. */
  learnManifest(text: string): void {
    this.#listed.clear();
    this.#knowsByName = !isPlaylist(text) && this.#isManifest(text);
  }

  /** Notes what a media playlist says of the bodies that it lists. */
  learnPlaylist(url: string, text: string): void {
    // A delta update leaves out the tags that its segments depend on; and what is no playlist lists none.
    if (/^#EXT-X-SKIP:/m.test(text) || !isPlaylist(text)) return;
    this.#listed.set(url.replace(DELIVERY_DIRECTIVE, ""), readListedBodies(text, url));
  }

  /** Why this body must not be handed on; undefined if it may. */
  async findFault(
    request: TransportRequest,
    pathway: string,
    body: ArrayBuffer,
    response: Answer,
  ): Promise<BodyFault | undefined> {
    const bytes = new Uint8Array(body);
    const verdict = await this.#judge(request, bytes, response);
    if (verdict.verdict === "sound") this.#learn(request, bytes, verdict.tracks);
    return this.#faultIn(verdict, request, pathway, bytes);
  }

  /** Whether what a probe has brought for a segment may be handed on. */
  async isSound(url: string, body: ArrayBuffer, response: Answer): Promise<boolean> {
    const bytes = new Uint8Array(body);
    const verdict = await this.#judge({ url, kind: "segment", range: undefined }, bytes, response);
    return verdict.verdict === "sound" || (verdict.verdict === "doubtful" && !this.#trustsLooks);
  }

  /** Whether the first bytes of a segment show that the rest is not worth asking for. */
  beginsWrong(url: string, start: ArrayBuffer): boolean {
    const meant = this.#meant(url, undefined);
    const bytes = new Uint8Array(start);
    return this.#trustsLooks && beginsWrong(bytes, { ...meant, listed: asMedia(meant.listed) });
  }

  async #judge(
    { url, kind, range }: Pick<TransportRequest, "url" | "kind" | "range">,
    bytes: Uint8Array<ArrayBuffer>,
    { status, headers }: Answer,
  ): Promise<BodyVerdict> {
    const head = {
      status,
      contentRange: headers.get("content-range"),
      contentLength: headers.get("content-length"),
      contentEncoding: headers.get("content-encoding"),
      reprDigest: range === undefined ? headers.get("repr-digest") : null,
    };
    const digest = await this.#compare(promisedDigest(head, bytes.length), bytes);
    if (digest !== "differs" && this.#isOtherManifest(kind, bytes)) return { verdict: "sound" };
    return judgeBody({ bytes, kind, ...this.#meant(url, range), digest });
  }

  #meant(url: string, range: TransportRequest["range"]) {
    const listed = this.#listing(bodyName(url, range));
    const tracks = listed?.role === "segment" ? this.#inits.get(listed.init ?? "") : undefined;
    return { url, listed, tracks, isKnownByName: this.#knowsByName && range === undefined };
  }

  #isOtherManifest(kind: TransportRequest["kind"], bytes: Uint8Array): boolean {
    if (kind !== "multivariant-playlist" && kind !== "media-playlist") return false;
    const text = new TextDecoder().decode(bytes);
    return !isPlaylist(text) && this.#isManifest(text);
  }

  #faultIn(
    verdict: BodyVerdict,
    request: TransportRequest,
    pathway: string,
    bytes: Uint8Array,
  ): BodyFault | undefined {
    if (verdict.verdict === "sound") return undefined;
    if (verdict.verdict === "wrong") return verdict.reason;
    const isMedia = request.kind === "segment";
    if (isMedia && !this.#trustsLooks) return undefined;
    const doubt = this.#doubts.get(request);
    const isSame = doubt !== undefined && isEqual(doubt.bytes, bytes);
    if (isSame && doubt.pathway !== pathway) {
      if (isMedia) this.#trustsLooks = false;
      return undefined;
    }
    const times = isSame ? doubt.times + 1 : 1;
    this.#doubts.set(request, { bytes, pathway, times });
    return times >= BELIEVED_AFTER ? undefined : verdict.reason;
  }

  #learn({ kind, url, range }: TransportRequest, bytes: Uint8Array, tracks?: Tracks): void {
    if (tracks !== undefined) this.#remember(bodyName(url, range), tracks);
    if (kind !== "multivariant-playlist" && kind !== "media-playlist") return;
    const text = new TextDecoder().decode(bytes);
    if (kind === "multivariant-playlist") this.learnManifest(text);
    this.learnPlaylist(url, text);
  }

  #remember(name: string, tracks: Tracks): void {
    this.#inits.delete(name);
    this.#inits.set(name, tracks);
    const [oldest] = this.#inits.keys();
    if (this.#inits.size > MOST_INITS && oldest !== undefined) this.#inits.delete(oldest);
  }

  #listing(name: string): ListedBody | undefined {
    for (const listed of this.#listed.values()) {
      const body = listed.get(name);
      if (body !== undefined) return body;
    }
    return undefined;
  }

  async #compare(
    promised: PromisedDigest | undefined,
    bytes: Uint8Array<ArrayBuffer>,
  ): Promise<"matches" | "differs" | undefined> {
    if (promised === undefined || this.#digest === undefined) return undefined;
    const actual = new Uint8Array(await this.#digest(promised.algorithm, bytes));
    return btoa(String.fromCharCode(...actual)) === promised.base64 ? "matches" : "differs";
  }
}

/** Off the page's own thread. A page that is not in a secure context has none. */
function pageDigest(): Digest | undefined {
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle;
  return subtle && ((algorithm, bytes) => subtle.digest(algorithm, bytes));
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
