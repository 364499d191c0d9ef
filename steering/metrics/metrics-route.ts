/** `GET /v1/metrics` for Prometheus, as open as the fleet's view, which says more. */
import { collectDefaultMetrics, type Registry } from "prom-client";
import type { ServiceApp } from "../../chassis/service-app.ts";
import { METRICS_PATH } from "../contract/service-health.ts";
import { describeRoute, textBody } from "../documentation/describe-route.ts";

export function addMetricsRoute(app: ServiceApp, registry: Registry): void {
  let hasProcessMetrics = false;
  const schema = {
    ...describeRoute({
      caller: "monitoring",
      purpose: "metrics",
      summary: "Counts and gauges for Prometheus",
    }),
    response: { 200: textBody("text/plain", "the text format of Prometheus") },
  };
  app.get(METRICS_PATH, { schema }, async (_, reply) => {
    // They watch the process from then on, which nobody should pay for who never asks.
    if (!hasProcessMetrics) collectDefaultMetrics({ register: registry });
    hasProcessMetrics = true;
    return reply
      .header("cache-control", "no-store")
      .type(registry.contentType)
      .send(await registry.metrics());
  });
}
