/**
 * `GET /v1/metrics` for Prometheus, as open as the fleet's view, which says more.
 *
 * Anybody may ask, and as often as they like: what was written is given to all who ask within a second, so
 * that a crowd of scrapes costs no more than one.
 */
import { collectDefaultMetrics, type Registry } from "prom-client";
import type { ServiceApp } from "../../chassis/service-app.ts";
import { METRICS_PATH } from "../contract/service-health.ts";
import { describeRoute, textBody } from "../documentation/describe-route.ts";

export type MetricsRouteOptions = {
  readonly registry: Registry;
  /** Monotonic, in milliseconds. */
  readonly now: () => number;
};

const KEEP_MS = 1_000;

export function addMetricsRoute(app: ServiceApp, { registry, now }: MetricsRouteOptions): void {
  let hasProcessMetrics = false;
  let written: { readonly text: Promise<string>; readonly atMs: number } | undefined;
  const schema = {
    ...describeRoute({
      caller: "monitoring",
      purpose: "metrics",
      summary: "Counts and gauges for Prometheus, written once a second at most",
    }),
    response: { 200: textBody("text/plain", "the text format of Prometheus") },
  };

  function write(): Promise<string> {
    const nowMs = now();
    if (written === undefined || nowMs - written.atMs >= KEEP_MS) {
      written = { text: registry.metrics(), atMs: nowMs };
    }
    return written.text;
  }

  app.get(METRICS_PATH, { schema }, async (_, reply) => {
    // They watch the process from then on, which nobody should pay for who never asks.
    if (!hasProcessMetrics) collectDefaultMetrics({ register: registry });
    hasProcessMetrics = true;
    return reply
      .header("cache-control", "no-store")
      .type(registry.contentType)
      .send(await write());
  });
}
