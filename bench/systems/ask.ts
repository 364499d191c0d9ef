/** Asks a server once and reads the whole answer: for checks, never for load. */
import { createHash } from "node:crypto";
import { request } from "undici";
import { BenchError } from "../errors.ts";

export type Answer = {
  readonly status: number;
  readonly body: Buffer;
  readonly sha256: string;
  readonly header: (name: string) => string | undefined;
};

const ANSWER_LIMIT_MS = 10_000;

/** @throws {BenchError} for no answer, or half of one. */
export async function ask(url: string): Promise<Answer> {
  const { response, body } = await readWhole(url).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BenchError(`${url} did not answer (${reason})`, { cause: error });
  });
  return {
    status: response.statusCode,
    body,
    sha256: createHash("sha256").update(body).digest("hex"),
    header: (name) => {
      const value = response.headers[name];
      return Array.isArray(value) ? value.join(", ") : value;
    },
  };
}

async function readWhole(url: string) {
  const response = await request(url, { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
  return { response, body: Buffer.from(await response.body.arrayBuffer()) };
}

/** @throws {BenchError} for any status but 200. */
export async function askForSuccess(url: string): Promise<Answer> {
  const answer = await ask(url);
  if (answer.status !== 200) throw new BenchError(`${url} was answered with ${answer.status}`);
  return answer;
}
