/**
 * Asks one address for real bytes, the way a viewer does, and reports what came.
 *
 * Each probe opens a connection of its own: a kept one would go on working while the listener
 * behind it is gone, and would hide the refusal that a new viewer meets. Where a live stream is being
 * watched, its playlist is asked for as well: a node may serve segments quickly and a frozen list.
 */
import { createHash, type Hash } from "node:crypto";
import { Agent, type Dispatcher, request } from "undici";
import {
  judgeProbe,
  type ProbeAnswer,
  type ProbeOutcome,
  type ProbeReference,
} from "../core/health/judge-probe.ts";
import { isAbsence } from "../core/probe/probe-warnings.ts";

export type ProbePolicy = {
  readonly timeoutMs: number;
  readonly rangeBytes: number;
  /** Slower than this is no use to any viewer, however well it answers. */
  readonly floorBitsPerSecond: number;
};

export type LiveQuestion = {
  readonly path: string;
  /** Whether a node that has not the list is to blame for it. */
  readonly isGiven: () => boolean;
  /** Undefined where the list says nothing. */
  readonly judge: (text: string) => { readonly ok: boolean; readonly reason: string } | undefined;
};

export type NodeQuestion = {
  readonly url: string;
  readonly path: string;
  readonly reference: ProbeReference | undefined;
  readonly live?: LiveQuestion | undefined;
  /** Asks as a page of this origin; undefined asks as no page. */
  readonly pageOrigin?: string | undefined;
};

/** How a probe ended, and what else it has shown. */
export type Probed = {
  readonly outcome: ProbeOutcome;
  /** Which address decided: the object's or the live list's. */
  readonly url: string;
  /** Whether the object may be read by pages elsewhere; undefined where it did not come, or nobody asked. */
  readonly allowsPages: boolean | undefined;
};

/** What the origin itself answers to the same request. */
export type ReferenceReading =
  /** It has the object; the reference is undefined where nothing promises equal bytes. */
  | { readonly kind: "present"; readonly reference: ProbeReference | undefined }
  /** It answers, and has no such object. */
  | { readonly kind: "absent" }
  /** It is away, or what it answers is no good. */
  | { readonly kind: "unknown" };

export type Prober = {
  probe(question: NodeQuestion): Promise<Probed>;
  fetchReference(question: Omit<NodeQuestion, "reference">): Promise<ReferenceReading>;
  close(): Promise<void>;
};

const OVERDUE = new DOMException("The probe took too long", "TimeoutError");
const MAX_LIST_BYTES = 256 * 1024;

export function openProber(policy: ProbePolicy, now: () => number): Prober {
  const { timeoutMs, rangeBytes, floorBitsPerSecond } = policy;
  const dispatcher = new Agent({ pipelining: 0, connect: { timeout: timeoutMs } });

  /** `AbortSignal.timeout` would hold on to each probe and its bytes until the time is up. */
  async function withinLimit<Result>(ask: (signal: AbortSignal) => Promise<Result>) {
    const controller = new AbortController();
    const limit = setTimeout(() => controller.abort(OVERDUE), timeoutMs);
    try {
      return await ask(controller.signal);
    } finally {
      clearTimeout(limit);
    }
  }

  async function askObject(url: string, pageOrigin?: string): Promise<ObjectAnswer | ProbeOutcome> {
    const arrival = newArrival(now());
    try {
      return await withinLimit(async (signal) => {
        const headers = {
          range: `bytes=0-${rangeBytes - 1}`,
          ...(pageOrigin === undefined ? {} : { origin: pageOrigin }),
        };
        const response = await request(url, { dispatcher, headers, signal });
        await receive(response, arrival, { rangeBytes, now });
        return answerOf(response, arrival);
      });
    } catch (error) {
      const failure = failureOf(error);
      // Bytes came, but not enough in the time there was: that is another illness than silence.
      const wasSlow = failure.reason === "timeout" && arrival.receivedBytes > 0;
      return wasSlow ? judged("too-slow") : failure;
    }
  }

  async function probeObject(question: NodeQuestion): Promise<Probed> {
    const { path, reference, pageOrigin } = question;
    const url = `${question.url}${path}`;
    const answer = await askObject(url, pageOrigin);
    if ("ok" in answer) return { outcome: answer, url, allowsPages: undefined };
    const outcome = judgeProbe(answer, { askedBytes: rangeBytes, reference, floorBitsPerSecond });
    // An error page says nothing of how the object itself is given out.
    const isTold = outcome.ok && pageOrigin !== undefined;
    return { outcome, url, allowsPages: isTold ? answer.allowsPages : undefined };
  }

  async function probeLive(url: string, live: LiveQuestion): Promise<ProbeOutcome | undefined> {
    try {
      return await withinLimit(async (signal) => {
        const { statusCode, body } = await request(`${url}${live.path}`, { dispatcher, signal });
        if (statusCode !== 200) {
          await body.dump();
          return live.isGiven() ? judged(`live-status-${statusCode}`) : undefined;
        }
        const text = await readText(body);
        const verdict = text === undefined ? undefined : live.judge(text);
        return verdict === undefined || verdict.ok ? undefined : judged(verdict.reason);
      });
    } catch (error) {
      return live.isGiven() ? failureOf(error) : undefined;
    }
  }

  return {
    async probe(question) {
      const { url, live } = question;
      const [probed, liveOutcome] = await Promise.all([
        probeObject(question),
        live === undefined ? undefined : probeLive(url, live),
      ]);
      return probed.outcome.ok && live !== undefined && liveOutcome !== undefined
        ? { ...probed, outcome: liveOutcome, url: `${url}${live.path}` }
        : probed;
    },

    async fetchReference({ url, path }) {
      const answer = await askObject(`${url}${path}`);
      // The origin may well be away; probes then compare lengths and digests only.
      if ("ok" in answer) return { kind: "unknown" };
      const { ok, reason } = judgeProbe(answer, {
        askedBytes: rangeBytes,
        reference: undefined,
        floorBitsPerSecond: 0,
      });
      if (!ok) return { kind: isAbsence(reason) ? "absent" : "unknown" };
      const { etag, sha256Base64 } = answer;
      // A weak validator does not promise equal bytes (RFC 9110 §8.8.1).
      const isStrong = etag !== undefined && !etag.startsWith("W/");
      return { kind: "present", reference: isStrong ? { etag, sha256Base64 } : undefined };
    },

    close: () => dispatcher.destroy(),
  };
}

/** What has come so far, which is known even where the rest never comes. */
type Arrival = {
  readonly startedAtMs: number;
  readonly hash: Hash;
  receivedBytes: number;
  first: { readonly atMs: number; readonly bytes: number } | undefined;
  endedAtMs: number;
};

function newArrival(startedAtMs: number): Arrival {
  return {
    startedAtMs,
    hash: createHash("sha256"),
    receivedBytes: 0,
    first: undefined,
    endedAtMs: startedAtMs,
  };
}

async function receive(
  response: Dispatcher.ResponseData,
  arrival: Arrival,
  { rangeBytes, now }: { readonly rangeBytes: number; readonly now: () => number },
): Promise<void> {
  for await (const piece of response.body as AsyncIterable<Buffer>) {
    const wanted = piece.subarray(0, rangeBytes - arrival.receivedBytes);
    arrival.hash.update(wanted);
    arrival.receivedBytes += wanted.length;
    arrival.endedAtMs = now();
    arrival.first ??= { atMs: arrival.endedAtMs, bytes: wanted.length };
    // Leaving the loop destroys the body: a server that ignores ranges may send gigabytes. One that has
    // sent what was asked for ends by itself, which costs less than being broken off.
    if (piece.length > wanted.length) break;
  }
  if (arrival.first === undefined) arrival.endedAtMs = now();
}

type ObjectAnswer = ProbeAnswer & {
  /** Whoever names other origins than ours lets its own pages in: that is no slip. */
  readonly allowsPages: boolean;
};

function answerOf(response: Dispatcher.ResponseData, arrival: Arrival): ObjectAnswer {
  const header = (name: string) => {
    const value = response.headers[name];
    return Array.isArray(value) ? value.join(",") : value;
  };
  return {
    status: response.statusCode,
    contentRange: header("content-range"),
    contentLength: header("content-length"),
    etag: header("etag"),
    reprDigest: header("repr-digest"),
    receivedBytes: arrival.receivedBytes,
    sha256Base64: arrival.hash.digest("base64"),
    firstByteMs: (arrival.first?.atMs ?? arrival.endedAtMs) - arrival.startedAtMs,
    firstPieceBytes: arrival.first?.bytes ?? 0,
    bodyMs: arrival.first === undefined ? 0 : arrival.endedAtMs - arrival.first.atMs,
    allowsPages: header("access-control-allow-origin") !== undefined,
  };
}

/** Undefined for a list too long to be looked at: hours of DVR, and that is no fault of the node. */
async function readText(body: AsyncIterable<Buffer>): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of body) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes > MAX_LIST_BYTES) return undefined;
  }
  return Buffer.concat(pieces).toString("utf8");
}

function failureOf(error: unknown): ProbeOutcome {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const name = error instanceof Error ? error.name : "";
  if (code === "ECONNREFUSED") return { ok: false, reason: "refused", isFact: true };
  if (name === "TimeoutError" || code === "UND_ERR_CONNECT_TIMEOUT") return judged("timeout");
  if (code === "ECONNRESET" || code === "UND_ERR_SOCKET") return judged("reset");
  if (code === "UND_ERR_RES_CONTENT_LENGTH_MISMATCH") return judged("short-body");
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return judged("name-not-resolved");
  return judged(code === "" ? "unreadable-answer" : code.toLowerCase());
}

function judged(reason: string): ProbeOutcome {
  return { ok: false, reason, isFact: false };
}
