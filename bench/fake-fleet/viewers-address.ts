/**
 * The address that all made-up appliances share: it serves the object that steering probes with, takes
 * every wish to fill a title for fulfilled, and knows nothing else.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { FILL_PATH, type FillJobReport } from "../../appliance/contract/title-fill.ts";
import { selectRange } from "../../kernel/byte-range.ts";

export type ProbeObject = {
  readonly path: string;
  readonly body: Buffer;
  /** As the origin sends them: what tells that the bytes are the right ones. */
  readonly fields: Readonly<Record<string, string>>;
};

const KEPT_FIELDS = ["content-type", "etag", "last-modified", "cache-control", "repr-digest"];

const FILLED: FillJobReport = {
  id: "filled",
  state: "done",
  waitingFor: "nothing",
  objects: { known: 0, filled: 0, alreadyStored: 0, failed: 0, skipped: 0, beyondLimit: 0 },
  bytes: { filled: 0 },
  failures: [],
};

/** @returns undefined where the origin has no such object. */
export async function readProbeObject(
  originUrl: string,
  path: string,
): Promise<ProbeObject | undefined> {
  const response = await fetch(originUrl + path);
  const body = Buffer.from(await response.arrayBuffer());
  if (response.status !== 200) return undefined;
  const fields = KEPT_FIELDS.flatMap((name) => {
    const value = response.headers.get(name);
    return value === null ? [] : [[name, value]];
  });
  return { path, body, fields: Object.fromEntries(fields) };
}

/** @param answerOther takes what nobody but the bench asks for; false if it does not know it either. */
export function newViewersAddress(
  probe: ProbeObject,
  answerOther: (request: IncomingMessage, response: ServerResponse) => boolean,
): Server {
  return createServer((request, response) => {
    const { url = "/" } = request;
    if (url === probe.path) return sendPart(probe, request.headers.range, response);
    if (url === FILL_PATH || url.startsWith(`${FILL_PATH}/`)) {
      request.resume();
      const status = request.method === "POST" ? 202 : 200;
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(FILLED));
      return;
    }
    if (!answerOther(request, response)) response.writeHead(404).end();
  });
}

function sendPart(
  { body, fields }: ProbeObject,
  range: string | undefined,
  response: ServerResponse,
): void {
  const selection = selectRange(range, body.length);
  if (selection.kind !== "part") {
    response.writeHead(200, { ...fields, "content-length": body.length }).end(body);
    return;
  }
  const { first, last } = selection.range;
  response.writeHead(206, {
    ...fields,
    "content-range": `bytes ${first}-${last}/${body.length}`,
    "content-length": last - first + 1,
  });
  response.end(body.subarray(first, last + 1));
}
