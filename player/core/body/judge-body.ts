/**
 * May a body that has come whole be handed on? Judges it by its digest, by what it is meant to be, and
 * by how it is built, in this order: what a digest has proven needs no further look.
 *
 * A digest that differs, a page in place of media, a key of the wrong length are certain. What only
 * looks damaged is a doubt: two pathways that send the same bytes are right, and our look at them wrong.
 */
import type { ResourceKind } from "../../contract/player-events.ts";
import { inspectMedia, isPage, type Meant } from "./inspect-media.ts";
import { judgePlaylist } from "./judge-playlist.ts";
import type { ListedBody } from "./listed-bodies.ts";
import type { Tracks } from "./mp4-samples.ts";

export type BodyFault = "corrupt" | "not-media" | "wrong-length" | "not-a-playlist";

export type BodyVerdict =
  /** With the tracks of an initialization section. */
  | { readonly verdict: "sound"; readonly tracks?: Tracks | undefined }
  | { readonly verdict: "wrong" | "doubtful"; readonly reason: BodyFault };

export type WholeBody = {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly kind: ResourceKind;
  readonly url: string;
  readonly listed: ListedBody | undefined;
  readonly tracks: Tracks | undefined;
  readonly isKnownByName: boolean;
  /** What its digest has shown; undefined where none was promised. */
  readonly digest: "matches" | "differs" | undefined;
};

const SOUND: BodyVerdict = { verdict: "sound" };

export function judgeBody(body: WholeBody): BodyVerdict {
  const { bytes, kind, digest, listed } = body;
  if (digest === "differs") return wrong("corrupt");
  switch (kind) {
    case "multivariant-playlist":
    case "media-playlist": {
      const verdict = judgePlaylist(new TextDecoder().decode(bytes));
      if (verdict === "sound") return SOUND;
      return verdict === "corrupt" ? doubtful(verdict) : wrong(verdict);
    }
    case "key":
      if (isPage(bytes)) return wrong("not-media");
      if (listed?.role !== "key" || bytes.length === listed.keyBytes) return SOUND;
      return wrong("wrong-length");
    case "segment":
      return judgeMedia(body);
    default:
      return SOUND;
  }
}

function judgeMedia(body: WholeBody): BodyVerdict {
  const { bytes, listed, digest } = body;
  // An initialization section is read in any case: its segments are judged by it.
  if (digest === "matches" && listed?.role !== "init") return SOUND;
  if (bytes.length === 0) return doubtful("wrong-length");
  const media = inspectMedia(bytes, { ...body, listed: asMedia(listed) });
  if (media.verdict === "sound" || digest === "matches") {
    return { verdict: "sound", tracks: media.verdict === "sound" ? media.tracks : undefined };
  }
  return media.verdict === "corrupt" ? doubtful("corrupt") : wrong("not-media");
}

/** A key that is asked for as media is not looked at as a key. */
export function asMedia(listed: ListedBody | undefined): Meant["listed"] {
  return listed?.role === "key" ? undefined : listed;
}

function wrong(reason: BodyFault): BodyVerdict {
  return { verdict: "wrong", reason };
}

function doubtful(reason: BodyFault): BodyVerdict {
  return { verdict: "doubtful", reason };
}
