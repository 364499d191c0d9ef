/**
 * Asks one address for real bytes, the way a viewer does, and reports what came.
 *
 * Each probe opens a connection of its own: a kept one would go on working while the listener
 * behind it is gone, and would hide the refusal that a new viewer meets.
 */
import { createHash } from "node:crypto";
import { Agent, type Dispatcher, request } from "undici";
import {
  judgeProbe,
  type ProbeAnswer,
  type ProbeOutcome,
  type ProbeReference,
} from "../core/health/judge-probe.ts";

export type ProbePolicy = { readonly timeoutMs: number; readonly rangeBytes: number };

type ProbeTarget = {
  readonly url: string;
  readonly path: string;
  readonly reference: ProbeReference | undefined;
};

export type Prober = {
  probe(target: ProbeTarget): Promise<ProbeOutcome>;
  /** What the origin itself answers to the same request; undefined while it does not. */
  fetchReference(target: Omit<ProbeTarget, "reference">): Promise<ProbeReference | undefined>;
  close(): Promise<void>;
};

export function openProber(policy: ProbePolicy, now: () => number): Prober {
  const dispatcher = new Agent({ pipelining: 0, connect: { timeout: policy.timeoutMs } });

  async function ask(url: string): Promise<ProbeAnswer> {
    const startedAtMs = now();
    const response = await request(url, {
      dispatcher,
      headers: { range: `bytes=0-${policy.rangeBytes - 1}` },
      signal: AbortSignal.timeout(policy.timeoutMs),
    });
    return readAnswer(response, { rangeBytes: policy.rangeBytes, startedAtMs, now });
  }

  return {
    async probe({ url, path, reference }) {
      try {
        const answer = await ask(`${url}${path}`);
        return judgeProbe(answer, { askedBytes: policy.rangeBytes, reference });
      } catch (error) {
        return failureOf(error);
      }
    },

    async fetchReference({ url, path }) {
      try {
        const answer = await ask(`${url}${path}`);
        const { ok } = judgeProbe(answer, { askedBytes: policy.rangeBytes, reference: undefined });
        // A weak validator does not promise equal bytes (RFC 9110 §8.8.1).
        if (!ok || answer.etag === undefined || answer.etag.startsWith("W/")) return undefined;
        return { etag: answer.etag, sha256Base64: answer.sha256Base64 };
      } catch {
        // The origin may well be away; probes then compare lengths and digests only.
        return undefined;
      }
    },

    close: () => dispatcher.destroy(),
  };
}

async function readAnswer(
  response: Dispatcher.ResponseData,
  { rangeBytes, startedAtMs, now }: { rangeBytes: number; startedAtMs: number; now: () => number },
): Promise<ProbeAnswer> {
  const hash = createHash("sha256");
  let receivedBytes = 0;
  let firstByteMs: number | undefined;
  for await (const piece of response.body as AsyncIterable<Buffer>) {
    firstByteMs ??= now() - startedAtMs;
    const wanted = piece.subarray(0, rangeBytes - receivedBytes);
    hash.update(wanted);
    receivedBytes += wanted.length;
    // Leaving the loop destroys the body: a server that ignores ranges may send gigabytes.
    if (receivedBytes >= rangeBytes) break;
  }
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
    receivedBytes,
    sha256Base64: hash.digest("base64"),
    firstByteMs: firstByteMs ?? now() - startedAtMs,
  };
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
