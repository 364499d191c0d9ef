/** `GET /_appliance/metrics` for Prometheus, as open as the status that it repeats. */
import { collectDefaultMetrics, type Registry } from "prom-client";
import type { ServiceApp } from "../../chassis/service-app.ts";
import { METRICS_PATH } from "../contract/appliance-status.ts";

export function registerMetricsRoute(app: ServiceApp, registry: Registry): void {
  let hasProcessMetrics = false;
  app.get(METRICS_PATH, async (_, reply) => {
    // They watch the process from then on, which nobody should pay for who never asks.
    if (!hasProcessMetrics) collectDefaultMetrics({ register: registry });
    hasProcessMetrics = true;
    return reply
      .header("cache-control", "no-store")
      .type(registry.contentType)
      .send(await registry.metrics());
  });
}
