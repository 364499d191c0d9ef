/**
 * Judges what came back from a probe of an appliance: real bytes, enough of them, and the right ones.
 *
 * A status alone proves little: a box with a dying disk answers 200 for a long time. The bytes are
 * compared with what the origin sends, or with the digest that the answer carries for itself
 * (RFC 9530), whichever applies. Right bytes that come too slowly for any video are no good either.
 */
export type ProbeOutcome =
  | {
      readonly ok: true;
      readonly reason: "right-bytes" | "right-length";
      readonly firstByteMs: number;
      /** Undefined where the body was too short, or too quick, to tell. */
      readonly throughputBitsPerSecond: number | undefined;
    }
  | {
      readonly ok: false;
      readonly reason: string;
      /** True for what needs no second look: nobody listens at the address. */
      readonly isFact: boolean;
    };

export type ProbeAnswer = {
  readonly status: number;
  readonly contentRange: string | undefined;
  readonly contentLength: string | undefined;
  readonly etag: string | undefined;
  readonly reprDigest: string | undefined;
  /** Read up to the asked number, and no further. */
  readonly receivedBytes: number;
  readonly sha256Base64: string;
  readonly firstByteMs: number;
  /** Of the first piece of the body, which waited for nothing but the first byte. */
  readonly firstPieceBytes: number;
  /** From the first piece to the last. */
  readonly bodyMs: number;
};

/** What the origin sends for the same request. */
export type ProbeReference = { readonly etag: string; readonly sha256Base64: string };

export function judgeProbe(
  answer: ProbeAnswer,
  { askedBytes, reference, floorBitsPerSecond }: ProbeExpectation,
): ProbeOutcome {
  const extent = extentOf(answer);
  if (extent === undefined) return bad(`status-${answer.status}`);
  if (extent === "wrong-range") return bad("wrong-range");
  if (extent.totalBytes !== undefined && extent.totalBytes < 1) return bad("empty-body");
  const expectedBytes = Math.min(askedBytes, extent.totalBytes ?? answer.receivedBytes);
  if (answer.receivedBytes < Math.max(1, expectedBytes)) return bad("short-body");

  const isWhole = extent.totalBytes !== undefined && extent.totalBytes <= answer.receivedBytes;
  const promised = isWhole ? sha256Of(answer.reprDigest) : undefined;
  const known = answer.etag === reference?.etag ? reference?.sha256Base64 : undefined;
  for (const digest of [known, promised]) {
    if (digest !== undefined && digest !== answer.sha256Base64) return bad("wrong-bytes");
  }
  const throughputBitsPerSecond = throughputOf(answer);
  if (throughputBitsPerSecond !== undefined && throughputBitsPerSecond < floorBitsPerSecond) {
    return bad("too-slow");
  }
  const isCompared = promised !== undefined || known !== undefined;
  return {
    ok: true,
    reason: isCompared ? "right-bytes" : "right-length",
    firstByteMs: answer.firstByteMs,
    throughputBitsPerSecond,
  };
}

export type ProbeExpectation = {
  readonly askedBytes: number;
  readonly reference: ProbeReference | undefined;
  /** Slower than this no video plays; 0 asks for nothing. */
  readonly floorBitsPerSecond: number;
};

/** Fewer bytes, or less time, are as good as one piece: they say how the pieces fell, not the pace. */
const LEAST_TIMED_BYTES = 8 * 1024;
const LEAST_TIMED_MS = 2;

function throughputOf(answer: ProbeAnswer): number | undefined {
  const timedBytes = answer.receivedBytes - answer.firstPieceBytes;
  if (timedBytes < LEAST_TIMED_BYTES || !(answer.bodyMs >= LEAST_TIMED_MS)) return undefined;
  return (timedBytes * 8 * 1_000) / answer.bodyMs;
}

function bad(reason: string): ProbeOutcome {
  return { ok: false, reason, isFact: false };
}

type Extent = { readonly totalBytes: number | undefined };

/** How long the whole object is; undefined for an answer that is not the object. */
function extentOf(answer: ProbeAnswer): Extent | "wrong-range" | undefined {
  if (answer.status === 200) {
    const length = /^\d+$/.test(answer.contentLength ?? "")
      ? Number(answer.contentLength)
      : undefined;
    return { totalBytes: length };
  }
  if (answer.status !== 206) return undefined;
  const total = /^bytes 0-\d+\/(\d+)$/.exec(answer.contentRange ?? "")?.[1];
  return total === undefined ? "wrong-range" : { totalBytes: Number(total) };
}

function sha256Of(reprDigest: string | undefined): string | undefined {
  return /(?:^|,)\s*sha-256=:([A-Za-z0-9+/=]+):/.exec(reprDigest ?? "")?.[1];
}
