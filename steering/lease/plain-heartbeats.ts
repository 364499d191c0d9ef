/**
 * Takes plain heartbeats straight to the fleet: a PUT of a small JSON body that says how long it is, with
 * the right token.
 *
 * A fleet of ten thousand may send as many a second. What Fastify makes of each (request, reply, a log of
 * its own) is many times what a heartbeat says, and outlives the young generation of the heap. Whatever is
 * not plain in any way, a wrong token included, goes to Fastify.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { Compile } from "typebox/compile";
import { newBearerCheck } from "../../chassis/bearer-token.ts";
import { listMisfits } from "../../chassis/list-misfits.ts";
import {
  PROBLEM_CONTENT_TYPE,
  type ProblemDetails,
  problemDetails,
} from "../../chassis/problem-details.ts";
import { Heartbeat, type Lease } from "../contract/appliance-lease.ts";
import { type DependencyLedger, noteCall } from "../core/dependencies/dependency-ledger.ts";
import { STEERING } from "../dependencies/note-inbound-calls.ts";

/** What becomes of a heartbeat: the problem to answer with, or nothing. */
export type HearHeartbeat = (id: string, heartbeat: Heartbeat) => ProblemDetails | undefined;

export type PlainHeartbeatsOptions = {
  readonly hear: HearHeartbeat;
  readonly token: string | undefined;
  readonly lease: Lease;
  readonly ledger: DependencyLedger;
  readonly now: () => number;
};

const TARGET = /^\/v1\/appliances\/([A-Za-z0-9._-]{1,64})\/heartbeat$/;
const JSON_TYPE = /^application\/json(?:;|$)/i;
export const MAX_HEARTBEAT_BYTES = 8 * 1024;

/** @returns whether the request was taken; otherwise nothing has been done with it. */
export function newPlainHeartbeatTaker(options: PlainHeartbeatsOptions) {
  const { hear, lease, ledger, now } = options;
  const schema = Compile(Heartbeat);
  const bearsToken = newBearerCheck(options.token);
  const good = newAnswer(JSON.stringify(lease));
  const edge = ledger.hold({ caller: "appliances", callee: STEERING, purpose: "heartbeat" }, now());

  function answerTo(id: string, body: Buffer): ProblemDetails | undefined {
    const heartbeat = parse(body);
    if (schema.Check(heartbeat)) {
      try {
        return hear(id, heartbeat);
      } catch {
        // A mistake of ours. Fastify would answer it like this; here it would end the process.
        return problemDetails(500, "INTERNAL");
      }
    }
    const misfits = listMisfits(schema.Errors(heartbeat), Heartbeat);
    const what = misfits.map(({ instancePath, what }) => `body${instancePath} ${what}`);
    return problemDetails(400, "BAD_REQUEST", what.join(", "));
  }

  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const id = plainIdOf(request);
    if (id === undefined || !bearsToken(request)) return false;
    const beganAtMs = now();
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.once("end", () => {
      const [only] = pieces;
      const body = pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces);
      const problem = answerTo(id, body);
      if (problem !== undefined) refuse(response, problem);
      else response.writeHead(200, good.headers).end(good.text, "latin1");
      const nowMs = now();
      noteCall(edge, nowMs, nowMs - beganAtMs);
    });
    return true;
  };
}

/** The id of the appliance; undefined for a request that is not plain. */
function plainIdOf({ method, url = "", headers }: IncomingMessage): string | undefined {
  if (method !== "PUT" || headers.expect !== undefined) return undefined;
  const id = TARGET.exec(url)?.[1];
  const bytes = Number(headers["content-length"] ?? Number.NaN);
  const isSmall = bytes > 0 && bytes <= MAX_HEARTBEAT_BYTES;
  const isJson = JSON_TYPE.test(headers["content-type"] ?? "");
  const isEncoded = headers["content-encoding"] !== undefined;
  return isSmall && isJson && !isEncoded ? id : undefined;
}

/** The same for every heartbeat that is heard; its headers as Node takes them fastest. */
function newAnswer(text: string) {
  const headers = ["content-type", "application/json; charset=utf-8"];
  return { text, headers: [...headers, "content-length", String(text.length)] };
}

function refuse(response: ServerResponse, problem: ProblemDetails): void {
  const text = JSON.stringify(problem);
  response.writeHead(problem.status, {
    "content-type": PROBLEM_CONTENT_TYPE,
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
  });
  response.end(text);
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    // No JSON: the check says so.
    return undefined;
  }
}
