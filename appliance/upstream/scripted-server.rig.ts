/**
 * Servers that do as a script says, attempt by attempt, and a receiver that checks what it is told:
 * for the tests of what stands between them. Nothing happens until the test delivers it.
 */
import assert from "node:assert/strict";
import { selectRange } from "../../kernel/byte-range.ts";
import type { HeaderFields } from "../core/response-headers.ts";
import type {
  Upstream,
  UpstreamCall,
  UpstreamFailure,
  UpstreamReceiver,
  UpstreamRequest,
} from "./upstream.ts";

export type Lie =
  | "other-version"
  /** And does not mind that this one was not asked for. */
  | "swapped-version"
  | "weak-etag"
  | "no-etag"
  | "earlier-place"
  | "later-place"
  | "other-size"
  | "other-length"
  /** A part that goes on behind the last byte it announced, with bytes of nowhere. */
  | "beyond-its-range"
  | "other-encoding"
  | "no-range";

export type Step =
  | { readonly does: "refuse" | "keep-silent" | "close" }
  | { readonly does: "answer"; readonly status: number }
  | {
      readonly does: "serve";
      /** Bytes of the body that come; all of it if there are fewer. */
      readonly bytes: number;
      readonly ending: "end" | "break" | "fall-silent" | "send-too-much";
      readonly hasLength: boolean;
      readonly lie?: Lie | undefined;
    };

export const HONEST: Step = { does: "serve", bytes: 1e9, ending: "end", hasLength: true };

export const BODY_BYTES = 1_000;
const PIECE_BYTES = 97;
const BEYOND_BYTES = 100;

/** Bytes that differ with the version and with the place. */
export function bodyOfVersion(etag: string | undefined): Buffer {
  const salt = etag === '"v2"' ? 7 : 0;
  return Buffer.from(
    Array.from({ length: BODY_BYTES }, (_, at) => (at * 31 + (at >> 8) + salt) % 251),
  );
}

export class ScriptedServer implements Upstream {
  readonly url: string;
  readonly asked: UpstreamRequest[] = [];
  readonly #steps: readonly Step[];
  readonly #calls: ScriptedCall[] = [];

  constructor(url: string, steps: readonly Step[] = []) {
    this.url = url;
    this.#steps = steps;
  }

  call(request: UpstreamRequest, receiver: UpstreamReceiver): UpstreamCall {
    const step = this.#steps[this.asked.length] ?? HONEST;
    this.asked.push(request);
    const call = new ScriptedCall(receiver, eventsOf(step, request));
    this.#calls.push(call);
    return call;
  }

  /** Lets one thing happen; false if there is nothing that may. */
  deliver(): boolean {
    return this.#calls.some((call) => call.deliver());
  }

  async close(): Promise<void> {}
}

type Event = { readonly isData: boolean; readonly tell: (receiver: UpstreamReceiver) => void };

class ScriptedCall implements UpstreamCall {
  readonly #receiver: UpstreamReceiver;
  #events: Event[];
  #isHeld = false;

  constructor(receiver: UpstreamReceiver, events: readonly Event[]) {
    this.#receiver = receiver;
    this.#events = [...events];
  }

  hold(): void {
    this.#isHeld = true;
  }

  goOn(): void {
    this.#isHeld = false;
  }

  abort(): void {
    if (this.#events.length === 0) return;
    this.#events = [];
    this.#receiver.onFailure({ source: "edge", kind: "aborted", reason: "test" });
  }

  deliver(): boolean {
    // A connection may break while nobody reads from it, and takes with it what was not yet read.
    const at = this.#isHeld ? this.#events.findIndex(({ isData }) => !isData) : 0;
    const event = this.#events[at];
    if (event === undefined) return false;
    this.#events = this.#events.slice(at + 1);
    event.tell(this.#receiver);
    return true;
  }
}

function eventsOf(step: Step, request: UpstreamRequest): Event[] {
  switch (step.does) {
    case "refuse":
      return [failing("unreachable", "ECONNREFUSED")];
    case "keep-silent":
      return [failing("timeout", "UND_ERR_HEADERS_TIMEOUT")];
    case "close":
      return [failing("broken", "UND_ERR_SOCKET")];
    case "answer":
      return [head(step.status, { "content-length": "0" }), END];
    case "serve":
      return serving(step, request);
  }
}

function serving(step: Step & { readonly does: "serve" }, { fields, method }: UpstreamRequest) {
  const isSwapped = step.lie === "swapped-version";
  const etag = isSwapped || step.lie === "other-version" ? '"v2"' : '"v1"';
  const body = bodyOfVersion(etag);
  const isRangeMeant = isSwapped || [undefined, etag].includes(fields["if-range"]);
  const range = step.lie === "no-range" || !isRangeMeant ? undefined : fields["range"];
  const selection = selectRange(range, BODY_BYTES);
  if (selection.kind === "unsatisfiable") return [head(416, { "content-length": "0" }), END];
  const asked = selection.kind === "part" ? selection.range : { first: 0, last: BODY_BYTES - 1 };
  const shift = step.lie === "earlier-place" ? -1 : step.lie === "later-place" ? 1 : 0;
  const isPart = selection.kind === "part";
  const first = isPart ? Math.min(Math.max(0, asked.first + shift), asked.last) : 0;
  const part = body.subarray(first, asked.last + 1);
  const size = step.lie === "other-size" ? BODY_BYTES + 1 : BODY_BYTES;
  const length = part.length + (step.lie === "other-length" ? 1 : 0);
  const tag = step.lie === "weak-etag" ? `W/${etag}` : step.lie === "no-etag" ? undefined : etag;
  const isBeyond = step.lie === "beyond-its-range" && isPart;
  const announcedLast = isBeyond ? Math.max(first, asked.last - BEYOND_BYTES) : asked.last;
  const answer = {
    ...(tag === undefined ? {} : { etag: tag }),
    ...(step.lie === "other-encoding" ? { "content-encoding": "gzip" } : {}),
    ...(step.hasLength && !isBeyond ? { "content-length": String(length) } : {}),
    ...(isPart ? { "content-range": `bytes ${first}-${announcedLast}/${size}` } : {}),
  };
  const start = head(isPart ? 206 : 200, answer);
  if (method === "HEAD") return [start, END];
  if (isBeyond) part.fill(0, announcedLast + 1 - first);
  const sent = part.subarray(0, step.bytes);
  const pieces: Event[] = [];
  for (let at = 0; at < sent.length; at += PIECE_BYTES) {
    const piece = sent.subarray(at, at + PIECE_BYTES);
    pieces.push({ isData: true, tell: (receiver) => receiver.onBytes(Buffer.from(piece)) });
  }
  return [start, ...pieces, ...closing(step, sent.length === part.length)];
}

/** Without a length, an end that comes early would look like any other: there it is a break. */
function closing(step: Step & { readonly does: "serve" }, isAll: boolean): Event[] {
  switch (step.ending) {
    case "end":
      return [isAll || step.hasLength ? END : failing("broken", "UND_ERR_SOCKET")];
    case "break":
      return [failing("broken", "ECONNRESET")];
    case "fall-silent":
      return [failing("timeout", "UND_ERR_BODY_TIMEOUT")];
    case "send-too-much":
      if (!isAll || !step.hasLength) return [failing("broken", "ECONNRESET")];
      return [{ isData: true, tell: (receiver) => receiver.onBytes(Buffer.alloc(5)) }, END];
  }
}

function head(status: number, fields: HeaderFields): Event {
  return { isData: true, tell: (receiver) => receiver.onHead(status, fields) };
}

function failing(kind: UpstreamFailure["kind"], reason: string): Event {
  return {
    isData: false,
    tell: (receiver) => receiver.onFailure({ source: "origin", kind, reason }),
  };
}

const END: Event = { isData: true, tell: (receiver) => receiver.onEnd() };

/** Takes down what it is told, and fails where it should not have been told it. */
export class CheckingReceiver implements UpstreamReceiver {
  status: number | undefined;
  fields: HeaderFields = {};
  end: "complete" | UpstreamFailure | undefined;
  readonly #pieces: Buffer[] = [];

  get bytes(): Buffer {
    return Buffer.concat(this.#pieces);
  }

  /** `200 whole`, `206 300 bytes then timeout`, `breaker-open`: what came of it. */
  get story(): string {
    const came = this.status === undefined ? [] : [`${this.status} ${this.bytes.length} bytes`];
    if (this.end === undefined) return [...came, "open"].join(", ");
    if (this.end === "complete") return [...came, "complete"].join(", ");
    return [...came, `${this.end.kind} (${this.end.reason})`].join(", ");
  }

  onHead(status: number, fields: HeaderFields): void {
    assert.equal(this.end, undefined, "a head after the end");
    assert.equal(this.status, undefined, "a second head");
    this.status = status;
    this.fields = fields;
  }

  onBytes(bytes: Buffer): void {
    assert.equal(this.end, undefined, "bytes after the end");
    assert.notEqual(this.status, undefined, "bytes before the head");
    this.#pieces.push(bytes);
  }

  onEnd(): void {
    assert.equal(this.end, undefined, "a second end");
    this.end = "complete";
  }

  onFailure(failure: UpstreamFailure): void {
    assert.equal(this.end, undefined, "a failure after the end");
    this.end = failure;
  }
}
