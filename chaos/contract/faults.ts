/**
 * Faults on the wire: `PUT`, `DELETE` and `GET /v1/faults`.
 *
 * A target is one proxied service, an appliance by its name. It has at most one fault: another `PUT`
 * replaces it. Each fault ends by itself; while there is none, bytes pass untouched. The last one that
 * ended is kept with its count, for whoever asks afterwards whether it did anything. `PUT` and `DELETE`
 * need the bearer token; `DELETE` without a target heals all of them.
 */
import { type Static, Type } from "typebox";

export const FAULTS_PATH = "/v1/faults";
export const faultPath = (target: string) => `${FAULTS_PATH}/${encodeURIComponent(target)}`;

export const LONGEST_FAULT_SECONDS = 3_600;
export const LONGEST_LATENCY_MS = 60_000;
/** A few turns of the loop that opens and closes the door. */
export const SHORTEST_FLAP_SECONDS = 0.1;

/** What each fault's own parameters are if left out. */
export const FAULT_DEFAULTS = {
  refuse: {},
  reset: { bytes: 16_384 },
  blackhole: {},
  "hang-mid": {},
  /** Far below the bitrate of any video. */
  trickle: { bytesPerSecond: 8_000 },
  /** Below the lowest rendition of any video, and nothing that a short request would notice. */
  brownout: { bytesPerSecond: 25_000 },
  latency: { ms: 300, jitterMs: 0 },
  "status-503": {},
  "status-404": {},
  "html-200": {},
  truncate: {},
  corrupt: {},
  "redirect-dead": {},
  "stale-playlist": {},
  flap: { downSeconds: 2, upSeconds: 2 },
} as const;

const duration = {
  seconds: Type.Number({
    exclusiveMinimum: 0,
    maximum: LONGEST_FAULT_SECONDS,
    description: "after which it heals by itself",
  }),
};
const scope = {
  ...duration,
  share: Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      maximum: 1,
      description: "of the requests that it touches, drawn for each; all of them if left out",
    }),
  ),
  paths: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 500 }), {
      minItems: 1,
      maxItems: 20,
      description: "patterns, in which `*` stands for any characters; every path if left out",
    }),
  ),
  seed: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 100,
      description: "the same seed touches the same requests; drawn if left out",
    }),
  ),
};
const strict = { additionalProperties: false };

const bytesPerSecond = (left: number) =>
  Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 1_000_000_000,
      description: `of each response; ${left} if left out`,
    }),
  );
const milliseconds = (what: string, left: number) =>
  Type.Optional(
    Type.Number({
      minimum: 0,
      maximum: LONGEST_LATENCY_MS,
      description: `${what}; ${left} if left out`,
    }),
  );
const stretchSeconds = (what: string, left: number) =>
  Type.Optional(
    Type.Number({
      minimum: SHORTEST_FLAP_SECONDS,
      maximum: LONGEST_FAULT_SECONDS,
      description: `${what}; ${left} if left out`,
    }),
  );

export const Fault = Type.Union([
  /**
   * Connections are refused, and those under way are reset, as by a box that is switched off. It has no
   * share, paths or seed, for who is refused has not said yet what it wants; nor has `flap`.
   */
  Type.Object({ fault: Type.Literal("refuse"), ...duration }, strict),
  /** So many bytes of a body, then an RST. */
  Type.Object(
    {
      fault: Type.Literal("reset"),
      bytes: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: 1_000_000_000,
          description: `of the body that pass before, half of one that has no more; ${FAULT_DEFAULTS.reset.bytes} if left out`,
        }),
      ),
      ...scope,
    },
    strict,
  ),
  /** Connections are accepted, and nothing is ever answered. */
  Type.Object({ fault: Type.Literal("blackhole"), ...scope }, strict),
  /** Half a body, then silence. */
  Type.Object({ fault: Type.Literal("hang-mid"), ...scope }, strict),
  /** Every byte arrives, far too slowly. */
  Type.Object(
    {
      fault: Type.Literal("trickle"),
      bytesPerSecond: bytesPerSecond(FAULT_DEFAULTS.trickle.bytesPerSecond),
      ...scope,
    },
    strict,
  ),
  /** The head comes as ever, the body more slowly than it plays. */
  Type.Object(
    {
      fault: Type.Literal("brownout"),
      bytesPerSecond: bytesPerSecond(FAULT_DEFAULTS.brownout.bytesPerSecond),
      ...scope,
    },
    strict,
  ),
  /** The head of each response comes late; what follows is untouched. */
  Type.Object(
    {
      fault: Type.Literal("latency"),
      ms: milliseconds("by which a head is late", FAULT_DEFAULTS.latency.ms),
      jitterMs: milliseconds(
        "more or less than that, drawn evenly",
        FAULT_DEFAULTS.latency.jitterMs,
      ),
      ...scope,
    },
    strict,
  ),
  Type.Object(
    {
      fault: Type.Literal("status-503"),
      retryAfterSeconds: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: LONGEST_FAULT_SECONDS,
          description: "no header if left out",
        }),
      ),
      ...scope,
    },
    strict,
  ),
  /** Media segments, by the ending of their path, are not there. Playlists and probes are. */
  Type.Object({ fault: Type.Literal("status-404"), ...scope }, strict),
  /** Everything is a web page, and 200: a captive portal, or a CDN's error page that forgot its status. */
  Type.Object({ fault: Type.Literal("html-200"), ...scope }, strict),
  /** The right Content-Length, then half of the body, then the end of the connection. */
  Type.Object({ fault: Type.Literal("truncate"), ...scope }, strict),
  /** Media segments come whole, and every byte of them is wrong; their fields are the right ones. */
  Type.Object({ fault: Type.Literal("corrupt"), ...scope }, strict),
  /** Media segments are redirected to where nobody listens. */
  Type.Object({ fault: Type.Literal("redirect-dead"), ...scope }, strict),
  /** Every `.m3u8` is answered, whole and with 200, as it was the first time that this fault saw it. */
  Type.Object({ fault: Type.Literal("stale-playlist"), ...scope }, strict),
  /** Refuses as `refuse` does, then is untouched, and so on. */
  Type.Object(
    {
      fault: Type.Literal("flap"),
      downSeconds: stretchSeconds(
        "for which it refuses, at first and again",
        FAULT_DEFAULTS.flap.downSeconds,
      ),
      upSeconds: stretchSeconds("for which all is well between", FAULT_DEFAULTS.flap.upSeconds),
      ...duration,
    },
    strict,
  ),
]);
export type Fault = Static<typeof Fault>;
export type FaultName = Fault["fault"];

export const FAULT_NAMES: readonly FaultName[] = Fault.anyOf.map(
  ({ properties }) => properties.fault.const,
);

/** What is said of a fault while it runs and afterwards; what was left open is filled in. */
const told = {
  target: Type.String(),
  fault: Type.Unsafe<FaultName>(Type.Union(FAULT_NAMES.map((name) => Type.Literal(name)))),
  parameters: Type.Record(Type.String(), Type.Unknown(), {
    description: "the fault's own; share, paths and seed if it touches requests",
  }),
  startedAt: Type.String({ format: "date-time" }),
  touchedRequests: Type.Integer({
    minimum: 0,
    description: "those whose course it has changed so far; who is refused never got to one",
  }),
};

/** A fault that runs. Times are those of the chaos service. */
export const RunningFault = Type.Object({
  ...told,
  endsAt: Type.String({ format: "date-time" }),
  secondsLeft: Type.Number({ minimum: 0 }),
});
export type RunningFault = Static<typeof RunningFault>;

/** A fault that is over, with the count that it ended with. */
export const EndedFault = Type.Object({
  ...told,
  endedAt: Type.String({ format: "date-time" }),
  reason: Type.Union([
    Type.Literal("asked"),
    Type.Literal("replaced"),
    Type.Literal("time-is-over"),
  ]),
});
export type EndedFault = Static<typeof EndedFault>;

export const FaultTarget = Type.Object({
  name: Type.String(),
  url: Type.String({ description: "the proxy's: the address that viewers and probes use" }),
  upstream: Type.String({ description: "base URL of what stands behind it" }),
  state: Type.Union([Type.Literal("up"), Type.Literal("gone")], {
    description: "`gone`: nothing listens behind the proxy, so the proxy does not listen either",
  }),
  fault: Type.Union([RunningFault, Type.Null()]),
  lastFault: Type.Union([EndedFault, Type.Null()], {
    description: "the one that ended last, however it ended",
  }),
});
export type FaultTarget = Static<typeof FaultTarget>;

/** `GET /v1/faults` */
export const FaultList = Type.Object({ targets: Type.Array(FaultTarget) });
export type FaultList = Static<typeof FaultList>;

/** `DELETE /v1/faults`: what ran until then, of all targets. */
export const EndedFaults = Type.Object({ ended: Type.Array(EndedFault) });
export type EndedFaults = Static<typeof EndedFaults>;
