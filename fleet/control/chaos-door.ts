/**
 * Passes a request of the operator on to the chaos service, with the fleet's own token.
 *
 * So the operator's cookie is known in one place, and a page needs one address for all that it may do.
 */
import { request } from "undici";

export type ChaosRequest = {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** Parsed; undefined if there is none. */
  readonly body: unknown;
};

export type ChaosAnswer = {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
};

/** Undefined if the service does not answer. */
export type ChaosDoor = (question: ChaosRequest) => Promise<ChaosAnswer | undefined>;

const LIMIT_MS = 2_000;

export function openChaosDoor(chaosUrl: string, token: string): ChaosDoor {
  return async ({ method, path, body }) => {
    try {
      const answer = await request(chaosUrl + path, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        body: body === undefined ? null : JSON.stringify(body),
        signal: AbortSignal.timeout(LIMIT_MS),
      });
      return {
        status: answer.statusCode,
        contentType: String(answer.headers["content-type"] ?? "application/json"),
        body: await answer.body.text(),
      };
    } catch {
      // Refused, cut or too late: to whoever asked it is all the same.
      return undefined;
    }
  };
}
