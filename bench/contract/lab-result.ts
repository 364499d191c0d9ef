/**
 * What `npm run lab -- --json FILE` writes: an array with one entry for each run of one player through
 * one fault. The named fields of DESIGN §5 are a promise to scripts outside the repository; more may be
 * added. Times within a run are seconds from the opening of the page.
 */
import { type Static, Type } from "typebox";

const seconds = (description: string) => Type.Number({ minimum: 0, description });
const secondsOrNever = (description: string) =>
  Type.Union([Type.Number({ minimum: 0 }), Type.Null()], { description });

export const LabMode = Type.Union([Type.Literal("live"), Type.Literal("vod")]);
export type LabMode = Static<typeof LabMode>;

export const LabLink = Type.Union([Type.Literal("open"), Type.Literal("20mbit")]);
export type LabLink = Static<typeof LabLink>;

/** Whether the steering server answers. It answers [A, B] throughout: it does not know that A is ill. */
export const LabSteering = Type.Union([Type.Literal("up"), Type.Literal("down")]);
export type LabSteering = Static<typeof LabSteering>;

/** A is the primary, which the fault befalls; B is the backup. */
export const LabPathway = Type.Union([Type.Literal("A"), Type.Literal("B")]);
export type LabPathway = Static<typeof LabPathway>;

export const LabCourse = Type.Object({
  faultAtSeconds: seconds("when the fault begins; one that is there at the start begins at 0"),
  faultSeconds: seconds("how long it lasts, unless it has a length of its own"),
  afterSeconds: seconds("how long the run goes on after that"),
});
export type LabCourse = Static<typeof LabCourse>;

export const LabSpan = Type.Object({ fromSeconds: seconds(""), toSeconds: seconds("") });
export type LabSpan = Static<typeof LabSpan>;

/** One segment, or a piece of one, as it came from one pathway. */
export const LabServing = Type.Object({
  pathway: LabPathway,
  stream: Type.String({ description: "the rendition" }),
  number: Type.Integer({ minimum: 0 }),
  fromSeconds: seconds("when it was asked for"),
  toSeconds: seconds("when its last byte passed, or the last that came"),
  whole: Type.Boolean({ description: "whether all that was asked for came" }),
  probe: Type.Boolean({ description: "whether only a part from its beginning was asked for" }),
  bytes: Type.Integer({ minimum: 0 }),
});
export type LabServing = Static<typeof LabServing>;

export const LabTimeline = Type.Object({
  endSeconds: seconds("length of the run"),
  fault: Type.Union([LabSpan, Type.Null()]),
  stalls: Type.Array(LabSpan),
  /** Pairs of seconds: when, and how much was buffered ahead. */
  buffer: Type.Array(Type.Tuple([Type.Number(), Type.Number()])),
  served: Type.Array(LabServing),
});
export type LabTimeline = Static<typeof LabTimeline>;

export const LabRun = Type.Object({
  player: Type.String(),
  fault: Type.String({ description: "`none` is the control; `…@start` is there from the start" }),
  mode: LabMode,
  link: LabLink,
  steering: LabSteering,
  bufferAtFaultSeconds: secondsOrNever("media in hand as the fault begins; null before a picture"),
  stallSeconds: seconds("frozen picture after the first frame, in samples of 250 ms"),
  dead: Type.Boolean({ description: "never a picture, or frozen at the end of the run" }),
  backupSeconds: secondsOrNever(
    "from the first request that the fault touched, or the byte that did not come, to the first request to B",
  ),
  failbackSeconds: secondsOrNever("from A's recovery to the first segment from it"),
  wastedBytesRatio: Type.Number({
    minimum: 0,
    description: "media bytes that came again or for nothing, to those that were of use",
  }),
  startupSeconds: secondsOrNever("from the page's first request to the first frame"),
  run: Type.Integer({ minimum: 1, description: "of several with the same terms" }),
  course: LabCourse,
  playerVersion: Type.String(),
  switches: Type.Integer({ minimum: 0, description: "changes of pathway between video segments" }),
  refetchedBytes: Type.Integer({
    minimum: 0,
    description: "of segments that came in part from both pathways: what came twice",
  }),
  steeringRequests: Type.Integer({ minimum: 0 }),
  startedAt: Type.String({ description: "ISO 8601" }),
  remark: Type.Optional(
    Type.String({
      description: "what a reader must know: the page's first error, or that no sound came",
    }),
  ),
  timeline: LabTimeline,
});
export type LabRun = Static<typeof LabRun>;

export const LabRuns = Type.Array(LabRun);
export type LabRuns = Static<typeof LabRuns>;
