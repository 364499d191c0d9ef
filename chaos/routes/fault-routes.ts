/** Where faults are set, healed and listed. Reading is open; the rest needs the token. */
import { Type } from "typebox";
import { requireBearerToken } from "../../chassis/bearer-token.ts";
import type { ServiceApp } from "../../chassis/service-app.ts";
import {
  EndedFaults,
  FAULTS_PATH,
  FaultList,
  FaultTarget,
  RunningFault,
} from "../contract/faults.ts";
import { readFault } from "../core/read-fault.ts";
import { BadParameter, UnknownFault, UnknownTarget } from "../errors.ts";
import type { FaultProxy } from "../proxy/fault-proxy.ts";

export type FaultRoutesOptions = {
  readonly proxies: readonly FaultProxy[];
  readonly token: string | undefined;
};

const ByTarget = Type.Object({ target: Type.String() });

export function addFaultRoutes(app: ServiceApp, { proxies, token }: FaultRoutesOptions): void {
  const onRequest = requireBearerToken(token);
  const byName = new Map(proxies.map((proxy) => [proxy.name, proxy]));
  const find = (name: string): FaultProxy => {
    const proxy = byName.get(name);
    if (proxy === undefined) throw new UnknownTarget(name, [...byName.keys()].join(", "));
    return proxy;
  };
  app.addHook("onSend", async (_, reply) => {
    reply.header("cache-control", "no-store");
  });

  app.get(FAULTS_PATH, { schema: { response: { 200: FaultList } } }, () => ({
    targets: proxies.map((proxy) => proxy.view()),
  }));

  app.delete(FAULTS_PATH, { onRequest, schema: { response: { 200: EndedFaults } } }, () => ({
    ended: proxies.map((proxy) => proxy.heal()).filter((ended) => ended !== null),
  }));

  app.get(
    `${FAULTS_PATH}/:target`,
    { schema: { params: ByTarget, response: { 200: FaultTarget } } },
    (request) => find(request.params.target).view(),
  );

  app.put(
    `${FAULTS_PATH}/:target`,
    { onRequest, schema: { params: ByTarget, response: { 200: RunningFault } } },
    (request) => {
      const proxy = find(request.params.target);
      // Read by hand and not by a schema of the route, so that a refusal can say what is right.
      const reading = readFault(request.body);
      if (!reading.ok) {
        const refusal = reading.reason === "unknown-fault" ? UnknownFault : BadParameter;
        throw new refusal(reading.detail);
      }
      return proxy.begin(reading.fault);
    },
  );

  app.delete(
    `${FAULTS_PATH}/:target`,
    { onRequest, schema: { params: ByTarget, response: { 200: FaultTarget } } },
    (request) => {
      const proxy = find(request.params.target);
      proxy.heal();
      return proxy.view();
    },
  );
}
