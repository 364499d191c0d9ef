/** Makes a result of everything that was seen in one run. */
import type {
  LabCourse,
  LabLink,
  LabMode,
  LabRun,
  LabSpan,
  LabSteering,
} from "../../contract/lab-result.ts";
import { bufferAt, judgePicture, type PictureSample } from "./judge-picture.ts";
import {
  backupSecondsOf,
  countBytes,
  countSwitches,
  failbackSecondsOf,
  firstSignOf,
  isOpenAt,
  isVideo,
  type LabExchange,
  type LabTouch,
  servingsOf,
} from "./judge-serving.ts";
import type { LabFault } from "./lab-fault.ts";

/** What the page has noted, by its own clock. */
export type PageRecord = {
  readonly firstFrameAtMs: number | null;
  readonly samples: readonly (Omit<PictureSample, "atSeconds"> & { readonly atMs: number })[];
  readonly errors: readonly string[];
};

export type Seen = {
  readonly player: string;
  readonly playerVersion: string;
  readonly startedAt: string;
  readonly fault: LabFault;
  readonly course: LabCourse;
  readonly mode: LabMode;
  readonly link: LabLink;
  readonly steering: LabSteering;
  readonly run: number;
  /** By the lab's clock, which goes as the page's does. */
  readonly openedMs: number;
  readonly endSeconds: number;
  /** As it really was; undefined where nothing broke. */
  readonly span: LabSpan | undefined;
  readonly firstAskedSeconds: number | undefined;
  readonly steeringRequests: number;
  readonly page: PageRecord;
  readonly exchanges: readonly LabExchange[];
  readonly touches: readonly LabTouch[];
};

export function summariseRun(seen: Seen): LabRun {
  const { page, span, exchanges, endSeconds, fault } = seen;
  const secondsAt = (atMs: number) => (atMs - seen.openedMs) / 1_000;
  const samples = page.samples.map(({ atMs, ...sample }) => ({
    ...sample,
    atSeconds: secondsAt(atMs),
  }));
  const firstFrameSeconds =
    page.firstFrameAtMs === null ? undefined : secondsAt(page.firstFrameAtMs);
  const picture = judgePicture(samples, firstFrameSeconds);
  const remark = remarkOn(seen);
  return {
    player: seen.player,
    fault: fault.name,
    mode: seen.mode,
    link: seen.link,
    steering: seen.steering,
    bufferAtFaultSeconds: orNull(
      bufferAt(samples, span?.fromSeconds ?? seen.course.faultAtSeconds),
    ),
    stallSeconds: round(picture.stallSeconds),
    dead: picture.dead,
    backupSeconds: orNull(span && backupSecondsOf(signOf(seen, span), exchanges)),
    failbackSeconds: orNull(span && failbackOf(seen, span)),
    startupSeconds: orNull(
      firstFrameSeconds === undefined
        ? undefined
        : firstFrameSeconds - (seen.firstAskedSeconds ?? 0),
    ),
    ...bytesOf(seen),
    switches: countSwitches(exchanges),
    steeringRequests: seen.steeringRequests,
    run: seen.run,
    course: seen.course,
    playerVersion: seen.playerVersion,
    startedAt: seen.startedAt,
    ...(remark === undefined ? {} : { remark }),
    timeline: {
      endSeconds,
      fault:
        span === undefined
          ? null
          : { fromSeconds: round(span.fromSeconds), toSeconds: round(span.toSeconds) },
      stalls: picture.stalls.map(({ fromSeconds, toSeconds }) => ({
        fromSeconds: round(fromSeconds),
        toSeconds: round(toSeconds),
      })),
      buffer: samples
        .filter((_, index) => index % BUFFER_STEP === 0)
        .map(({ atSeconds, bufferSeconds }) => [round(atSeconds), round(bufferSeconds)]),
      served: servingsOf(exchanges),
    },
  };
}

const LONGEST_REMARK = 200;

/** A picture without its sound looks well by every figure here. */
function remarkOn({ page, exchanges }: Seen): string | undefined {
  const [firstError] = page.errors;
  if (firstError !== undefined) return `The page said: ${firstError}`.slice(0, LONGEST_REMARK);
  const segments = exchanges.filter(({ kind, isWhole }) => kind === "segment" && isWhole);
  const isSilent = segments.length > 0 && segments.every(({ stream }) => isVideo(stream));
  return isSilent ? "It fetched no sound." : undefined;
}
/** Every second sample is enough for a curve. */
const BUFFER_STEP = 2;

/** What was open as the fault began has its sign then. A narrow link or a lost one is nobody's. */
function signOf({ touches, exchanges, fault }: Seen, span: LabSpan): number | undefined {
  if (fault.blow.by === "link" || fault.blow.by === "viewer") return undefined;
  const within = touches.filter(
    ({ atSeconds }) => atSeconds >= span.fromSeconds && atSeconds <= span.toSeconds,
  );
  const isAtTheDoor = fault.blow.by === "outage" || isOfTheDoor(fault);
  const open = isAtTheDoor
    ? exchanges.filter((exchange) => exchange.pathway === "A" && isOpenAt(span, exchange))
    : [];
  const broken = open.map(({ path }) => ({ atSeconds: span.fromSeconds, path }));
  return firstSignOf([...broken, ...within], exchanges);
}

function isOfTheDoor({ blow }: LabFault): boolean {
  return blow.by === "proxy" && ["refuse", "flap"].includes(blow.fault.fault);
}

/** Where no pathway was ill, nobody had to come back. */
function failbackOf({ fault, exchanges }: Seen, span: LabSpan): number | undefined {
  if (fault.blow.by === "link" || fault.blow.by === "viewer") return undefined;
  return failbackSecondsOf(span.toSeconds, exchanges);
}

function bytesOf({ exchanges, endSeconds }: Seen) {
  const { wastedBytesRatio, refetchedBytes } = countBytes(exchanges, endSeconds);
  return { wastedBytesRatio: round(wastedBytesRatio), refetchedBytes };
}

function orNull(seconds: number | undefined): number | null {
  return seconds === undefined ? null : round(Math.max(0, seconds));
}

function round(value: number): number {
  return Math.round(Math.max(0, value) * 1_000) / 1_000;
}
