/**
 * Estimates how many viewers are on each node from the manifests that sent them there, so that no session
 * has to be remembered.
 *
 * A viewer asks again when its manifest's time is up, so each manifest stands for a part of a viewer: its
 * time to live over the window, which adds up to one however long either is. The window slides over a
 * few buckets, and the oldest fades out, so the figure has no steps.
 */
export type LedgerPolicy = {
  /** As long as the longest time to live: then a viewer counts as one from its first manifest on. */
  readonly windowMs: number;
  readonly buckets: number;
};

export type ViewerLedger = {
  readonly policy: LedgerPolicy;
  /** Times to live in milliseconds, by node; oldest first. */
  readonly buckets: Bucket[];
  /** Over all buckets. */
  readonly totals: Map<string, number>;
};

type Bucket = { readonly number: number; readonly ms: Map<string, number> };

export function openViewerLedger(policy: LedgerPolicy): ViewerLedger {
  return { policy, buckets: [], totals: new Map() };
}

/** What was counted, and where: by it, it can be taken back. */
export type LedgerEntry = { readonly node: string; readonly ms: number; readonly bucket: number };

/** A manifest put this node first, for so long. */
export function noteManifest(
  ledger: ViewerLedger,
  { node, ttlMs }: { readonly node: string; readonly ttlMs: number },
  nowMs: number,
): LedgerEntry {
  const number = turnTo(ledger, nowMs);
  // Whole numbers, so that what is added can be taken away again without a rest.
  const ms = Math.round(Math.min(ttlMs, ledger.policy.windowMs));
  let bucket = ledger.buckets.at(-1);
  if (bucket?.number !== number) {
    bucket = { number, ms: new Map() };
    ledger.buckets.push(bucket);
  }
  add(ledger, bucket, node, ms);
  return { node, ms, bucket: number };
}

/** The viewer has been sent elsewhere before its time was up: the rest of it does not count. */
export function takeBack(ledger: ViewerLedger, entry: LedgerEntry, restMs: number): void {
  const bucket = ledger.buckets.find(({ number }) => number === entry.bucket);
  const ms = Math.min(entry.ms, Math.round(restMs));
  if (bucket !== undefined && ms > 0) add(ledger, bucket, entry.node, -ms);
}

export function viewersOn(ledger: ViewerLedger, node: string, nowMs: number): number {
  const number = turnTo(ledger, nowMs);
  const total = ledger.totals.get(node);
  if (total === undefined) return 0;
  const { windowMs, buckets } = ledger.policy;
  const oldest = ledger.buckets[0];
  const fading = oldest?.number === number - buckets ? (oldest.ms.get(node) ?? 0) : 0;
  const fadedShare = (nowMs * buckets) / windowMs - number;
  return (total - fading * fadedShare) / windowMs;
}

function add({ totals }: ViewerLedger, bucket: Bucket, node: string, ms: number): void {
  bucket.ms.set(node, (bucket.ms.get(node) ?? 0) + ms);
  totals.set(node, (totals.get(node) ?? 0) + ms);
}

/** Forgets what is older than the window. @returns the number of the present bucket. */
function turnTo({ policy, buckets, totals }: ViewerLedger, nowMs: number): number {
  const number = Math.floor((nowMs * policy.buckets) / policy.windowMs);
  for (let oldest = buckets[0]; oldest !== undefined; oldest = buckets[0]) {
    if (oldest.number >= number - policy.buckets) break;
    buckets.shift();
    for (const [node, ms] of oldest.ms) {
      const rest = (totals.get(node) ?? 0) - ms;
      if (rest === 0) totals.delete(node);
      else totals.set(node, rest);
    }
  }
  return number;
}
