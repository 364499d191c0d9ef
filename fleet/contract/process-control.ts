/**
 * The fleet's control API, on loopback: what runs, and acts on it.
 *
 * `GET /v1/processes` and `/v1/processes/:name` are open to the pages of the site;
 * `POST /v1/processes/:name/{kill,stop,start,restart}` needs the bearer token or the operator's cookie.
 * The same door leads to the chaos service: what it answers at `/v1/faults` and below is passed on, so that
 * the operator's cookie is known in one place; without chaos that is 404 with the code
 * `FLEET_NO_CHAOS`.
 */
import { type Static, Type } from "typebox";

export const PROCESSES_PATH = "/v1/processes";
/** `GET`: whether the caller may act. Answers 200 with `Operator` either way. */
export const OPERATOR_PATH = "/v1/operator";

export const ProcessAct = Type.Union([
  Type.Literal("kill"),
  Type.Literal("stop"),
  Type.Literal("start"),
  Type.Literal("restart"),
]);
export type ProcessAct = Static<typeof ProcessAct>;

export const actPath = (name: string, act: ProcessAct) => `${PROCESSES_PATH}/${name}/${act}`;

export const ProcessState = Type.Union([
  Type.Literal("starting"),
  Type.Literal("running"),
  Type.Literal("stopping"),
  /** Down because somebody asked for it: stays down until it is started. */
  Type.Literal("stopped"),
  /** Died unasked: starts again after a growing pause. */
  Type.Literal("backing-off"),
]);
export type ProcessState = Static<typeof ProcessState>;

export const FleetProcess = Type.Object({
  name: Type.String({ description: "an appliance's name is also its pathway id" }),
  role: Type.Union([
    Type.Literal("origin"),
    Type.Literal("steering"),
    Type.Literal("appliance"),
    Type.Literal("chaos"),
  ]),
  region: Type.Union([Type.String(), Type.Null()]),
  url: Type.String(),
  state: ProcessState,
  pid: Type.Union([Type.Integer(), Type.Null()]),
  restarts: Type.Integer({ minimum: 0, description: "how often it was started again unasked" }),
  lastExit: Type.Union([Type.String(), Type.Null()], {
    description: "such as `SIGKILL` or `code 1`",
  }),
});
export type FleetProcess = Static<typeof FleetProcess>;

export const ProcessList = Type.Object({ processes: Type.Array(FleetProcess) });
export type ProcessList = Static<typeof ProcessList>;

export const Operator = Type.Object({ mayAct: Type.Boolean() });
export type Operator = Static<typeof Operator>;
