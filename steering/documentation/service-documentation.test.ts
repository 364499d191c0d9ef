/** The documentation of steering as it is, checked against steering as it runs. */
import { describe, type TestContext } from "node:test";
import { readPathwayFile } from "../cdn/read-pathway-file.ts";
import { openContentServer, openSteeringRig, PATH } from "../steering-rig.ts";
import { hearRoutes, testDocumentation } from "./documentation.battery.ts";

/** With two appliances and a CDN that serve, so that there is something to answer. */
async function openService(t: TestContext) {
  const routes = hearRoutes(t);
  const box = await openContentServer(t);
  const text = `pathways: [{ id: cdn-a, url: "${box.url}", region: east }]`;
  const reading = readPathwayFile(text, () => false);
  const pathwayFile = reading.ok ? reading.file : undefined;
  const rig = await openSteeringRig(t, { pathwayFile });
  await rig.join("east-1", "east", box.url);
  await rig.join("west-1", "west", box.url);
  await rig.pass(5);
  return { app: rig.app, routes };
}

describe("the documentation of steering", () => {
  testDocumentation(openService, {
    "/healthz": [{ ask: "/healthz", status: 200 }],
    "/v1/metrics": [{ ask: "/v1/metrics", status: 200 }],
    "/v1/appliances": [{ ask: "/v1/appliances", status: 200 }],
    "/v1/appliances/{id}": [
      { ask: "/v1/appliances/east-1", status: 200 },
      { ask: "/v1/appliances/cdn-a", status: 200 },
      { ask: "/v1/appliances/nobody", status: 404 },
    ],
    "/v1/play/{source}/{*}": [
      { ask: `/v1/play/demo${PATH}`, status: 200 },
      { ask: `/v1/play/nobody${PATH}`, status: 404 },
    ],
    "/v1/steer/hls": [{ ask: "/v1/steer/hls", status: 200 }],
    "/v1/steer/dash": [{ ask: "/v1/steer/dash", status: 200 }],
    "/v1/explain": [
      { ask: `/v1/explain?source=demo&path=${PATH}&region=east`, status: 200 },
      { ask: `/v1/explain?source=nobody&path=${PATH}`, status: 404 },
    ],
    "/v1/fleet": [
      { ask: "/v1/fleet", status: 200 },
      { ask: "/v1/fleet?at=1700000001000", status: 200 },
      { ask: "/v1/fleet?since=1700000001000", status: 200 },
      { ask: "/v1/fleet?at=1", status: 404 },
      { ask: "/v1/fleet?at=never", status: 400 },
    ],
    "/v1/events": [
      { ask: "/v1/events", status: 200 },
      { ask: "/v1/events?since=never", status: 400 },
    ],
    "/v1/dependencies": [
      { ask: "/v1/dependencies", status: 200 },
      { ask: "/v1/dependencies?format=mermaid", status: 200 },
      { ask: "/v1/dependencies?format=dot", status: 400 },
    ],
  });
});
