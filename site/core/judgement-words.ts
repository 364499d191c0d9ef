/**
 * Says in a few words why steering judges a box as it does.
 *
 * Its reasons are codes, and new ones come with its versions: one without words of its own is shown
 * as it is spelled, without the hyphens.
 */

/** For a card, beside the state. */
export function judgementLabel(reason: string): string {
  const status = /^status-(\d{3})$/.exec(reason)?.[1];
  if (status !== undefined) return `answers probes with ${status}`;
  return LABELS.get(reason) ?? reason.replaceAll("-", " ");
}

const LABELS: ReadonlyMap<string, string> = new Map([
  ["registered", "has just registered"],
  ["probe-good", "answers probes again"],
  ["probes-good", "answers probes well"],
  ["reports-draining", "wants no new viewers"],
  ["drain-ended", "takes viewers again"],
  ["lease-expired", "no longer reports to steering"],
  ["lease-cancelled", "has signed off"],
  ["refused", "refuses connections"],
  ["timeout", "does not answer probes"],
  ["short-body", "breaks off probes"],
  ["empty-body", "sends nothing"],
  ["wrong-bytes", "sends damaged bytes"],
  ["wrong-range", "sends wrong parts"],
  ["too-slow", "too slow to play from"],
  ["stale-playlist", "shows an old playlist"],
  ["heartbeat-late", "reports late"],
  ["event-loop-slow", "has more to do than it can"],
  ["disk-unavailable", "cannot use its disk"],
]);
