/**
 * All servers that the appliance fills from: the origins in their order, and before them the shields,
 * if there are any.
 *
 * A shield is another appliance that fills for many. Each object has one home among the shields, so
 * that the origin is asked for it once; while that one is left alone, its objects spread over the
 * others. Where no shield can serve, the origins are asked directly.
 */
import { rankByRendezvous } from "../../kernel/rendezvous.ts";
import type { UpstreamState } from "../contract/appliance-status.ts";
import { GuardedUpstream, type GuardPolicy } from "./guarded-upstream.ts";
import { type HttpUpstreamPolicy, openHttpUpstream } from "./http-upstream.ts";
import { LastingCall, type ResumePolicy } from "./lasting-call.ts";
import type { BreakerChange, Upstream, UpstreamRequest, Upstreams } from "./upstream.ts";

export type UpstreamPolicy = HttpUpstreamPolicy &
  GuardPolicy & {
    readonly resume: ResumePolicy;
    /**
     * How much longer than an origin a shield may be silent: it gets to know of a silence behind it
     * first, and has time to mend it.
     */
    readonly shieldGraceMs: number;
  };

export type UpstreamsOptions = {
  /** In the order in which they are asked; at least one. */
  readonly origins: readonly URL[];
  readonly shields?: readonly URL[];
  readonly policy: UpstreamPolicy;
  readonly now: () => number;
  readonly random: () => number;
  readonly open?: (options: { readonly url: URL; readonly policy: UpstreamPolicy }) => Upstream;
};

export function openUpstreams({
  origins,
  shields = [],
  policy,
  now,
  random,
  open = openHttpUpstream,
}: UpstreamsOptions): Upstreams {
  const [first] = origins;
  if (first === undefined) throw new RangeError("An appliance needs an origin");
  const watchers = new Set<(change: BreakerChange) => void>();
  const onBreakerChange = (change: BreakerChange) => {
    for (const watch of watchers) watch(change);
  };
  const guard = (url: URL, role: UpstreamState["role"]) =>
    new GuardedUpstream({
      upstream: open({ url, policy: role === "shield" ? patientPolicy(policy) : policy }),
      role,
      policy,
      now,
      random,
      onBreakerChange,
    });
  const originTier = origins.map((url) => guard(url, "origin"));
  const shieldTier = shields.map((url) => guard(url, "shield"));
  const all = [...shieldTier, ...originTier];
  const waiting = new Set<LastingCall>();

  const routeOf = ({ method, target }: UpstreamRequest): readonly GuardedUpstream[] => {
    // What is never cached gains nothing from a cache on its way.
    if (shieldTier.length === 0 || !CACHEABLE.has(method)) return originTier;
    return [...rankByRendezvous(target, shieldTier, ({ url }) => url), ...originTier];
  };

  return {
    url: first.href,
    call: (request, receiver) => {
      const route = routeOf(request);
      const call = new LastingCall({
        request,
        receiver,
        route,
        policy: policy.resume,
        now,
        random,
        waiting,
      });
      call.begin();
      return call;
    },
    states: () => all.map(({ state }) => state),
    watch: (onChange) => {
      watchers.add(onChange);
    },
    tick: (nowMs) => {
      for (const call of [...waiting]) call.tick(nowMs);
    },
    close: async () => {
      await Promise.all(all.map((upstream) => upstream.close()));
      // What broke off because of that would wait to be taken up again.
      for (const call of [...waiting]) call.abort();
    },
  };
}

function patientPolicy(policy: UpstreamPolicy): UpstreamPolicy {
  return {
    ...policy,
    headersTimeoutMs: policy.headersTimeoutMs + policy.shieldGraceMs,
    bodyTimeoutMs: policy.bodyTimeoutMs + policy.shieldGraceMs,
  };
}

const CACHEABLE: ReadonlySet<string> = new Set(["GET", "HEAD"]);
