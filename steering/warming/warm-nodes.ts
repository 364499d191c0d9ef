/**
 * Has a node filled before viewers come back to it: its most wanted titles first, one after the other,
 * by the node's own fill jobs (`POST /_appliance/fill`).
 *
 * A cold node that takes all its viewers at once hands their requests on to the origin. Warming is help
 * and no condition: it has a time limit, and a node that cannot be filled takes its viewers all the same.
 */
import { Value } from "typebox/value";
import { type Agent, request } from "undici";
import { FILL_PATH, FillJobReport } from "../../appliance/contract/title-fill.ts";

export type WarmingPolicy = {
  /** After which viewers come, whatever has been filled. */
  readonly limitMs: number;
  readonly pollEveryMs: number;
  readonly timeoutMs: number;
};

export type WarmingTarget = { readonly id: string; readonly url: string };

export type WarmingOutcome = {
  readonly outcome: "warm" | "overdue" | "failed";
  readonly reason: string;
  readonly titles: number;
  readonly filledObjects: number;
  readonly filledBytes: number;
};

export type NodeWarmerOptions = {
  readonly dispatcher: Agent;
  readonly token: string | undefined;
  readonly policy: WarmingPolicy;
  readonly onEnd: (id: string, outcome: WarmingOutcome) => void;
};

export type NodeWarmer = ReturnType<typeof openNodeWarmer>;

type Warming = {
  readonly target: WarmingTarget;
  readonly paths: readonly string[];
  readonly startedAtMs: number;
  next: number;
  jobId: string | undefined;
  askAtMs: number;
  isAsking: boolean;
  filledObjects: number;
  filledBytes: number;
};

export function openNodeWarmer({ dispatcher, token, policy, onEnd }: NodeWarmerOptions) {
  const warmings = new Map<string, Warming>();

  async function ask(warming: Warming, job: string | undefined): Promise<FillJobReport> {
    const path = warming.paths[warming.next];
    const answer = await request(`${warming.target.url}${FILL_PATH}${job ? `/${job}` : ""}`, {
      dispatcher,
      method: job === undefined ? "POST" : "GET",
      headers: {
        authorization: `Bearer ${token}`,
        ...(job === undefined ? { "content-type": "application/json" } : {}),
      },
      body: job === undefined ? JSON.stringify({ path }) : null,
      signal: AbortSignal.timeout(policy.timeoutMs),
    });
    if (answer.statusCode !== 202 && answer.statusCode !== 200) {
      await answer.body.dump();
      throw new Error(`status-${answer.statusCode}`);
    }
    return Value.Parse(FillJobReport, await answer.body.json());
  }

  function end(warming: Warming, outcome: WarmingOutcome["outcome"], reason: string): void {
    // It may have been given up, or begun anew for a later life, while an answer was on its way.
    if (warmings.get(warming.target.id) !== warming) return;
    warmings.delete(warming.target.id);
    const { filledObjects, filledBytes, next } = warming;
    onEnd(warming.target.id, { outcome, reason, titles: next, filledObjects, filledBytes });
  }

  async function goOn(warming: Warming, nowMs: number): Promise<void> {
    warming.isAsking = true;
    warming.askAtMs = nowMs + policy.pollEveryMs;
    try {
      const report = await ask(warming, warming.jobId);
      warming.jobId = report.id;
      if (report.state === "running") return;
      warming.filledObjects += report.objects.filled;
      warming.filledBytes += report.bytes.filled;
      warming.jobId = undefined;
      warming.next += 1;
      if (warming.next === warming.paths.length) end(warming, "warm", "filled");
    } catch (error) {
      end(warming, "failed", reasonOf(error));
    } finally {
      warming.isAsking = false;
    }
  }

  return {
    /** @param paths playlists on the node, the most wanted first. */
    begin(target: WarmingTarget, paths: readonly string[], nowMs: number): void {
      const warming: Warming = {
        target,
        paths,
        startedAtMs: nowMs,
        next: 0,
        jobId: undefined,
        askAtMs: nowMs,
        isAsking: false,
        filledObjects: 0,
        filledBytes: 0,
      };
      warmings.set(target.id, warming);
      if (paths.length === 0) end(warming, "warm", "nothing-wanted");
      else if (token === undefined) end(warming, "failed", "no-token");
    },

    giveUp: (id: string): void => void warmings.delete(id),

    isWarming: (id: string): boolean => warmings.has(id),

    /** Resolves when what it asked has been answered. */
    async tick(nowMs: number): Promise<void> {
      const asked: Promise<void>[] = [];
      for (const warming of warmings.values()) {
        if (nowMs - warming.startedAtMs >= policy.limitMs) end(warming, "overdue", "time-limit");
        else if (!warming.isAsking && nowMs >= warming.askAtMs) asked.push(goOn(warming, nowMs));
      }
      await Promise.all(asked);
    },
  };
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  if (error.name === "TimeoutError") return "timeout";
  if ("code" in error && typeof error.code === "string") return error.code.toLowerCase();
  return error.message.startsWith("status-") ? error.message : "unreadable-answer";
}
