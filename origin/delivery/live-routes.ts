/**
 * `GET /live/<channel>/…`: the playlists of the channels as they stand now, and the segments of their
 * titles under the numbers that these have in the channel.
 *
 * Nothing is kept between requests: what is answered follows from the wall clock.
 */
import type { FastifyReply, FastifyRequest } from "fastify";
import { PROBLEM_CONTENT_TYPE, problemDetails } from "../../chassis/problem-details.ts";
import type { ServiceApp } from "../../chassis/service-app.ts";
import { writeChannelPlaylist } from "../core/channel-playlist.ts";
import { readLivePath } from "../core/live-path.ts";
import { type LivePolicy, writeLivePlaylist } from "../core/live-playlist.ts";
import { decideLiveSegment } from "../core/live-segment.ts";
import type { LiveTimeline } from "../core/live-timeline.ts";
import { IMMUTABLE, PLAYLIST_KIND } from "../core/media-kind.ts";
import {
  NotOnAir,
  SegmentGone,
  SegmentNotYet,
  UnknownChannel,
  UnknownLivePath,
} from "../errors.ts";
import type { MediaFile } from "../library/media-file.ts";
import type { Channel } from "../library/read-channels.ts";
import { readMediaFile } from "../library/read-media-file.ts";
import { type Deliverable, deliver } from "./deliver.ts";
import { inMemory } from "./in-memory.ts";

export type LiveRoutesOptions = {
  readonly channels: readonly Channel[];
  readonly files: ReadonlyMap<string, MediaFile>;
  readonly policy: LivePolicy;
  readonly wallNow: () => number;
};

const LIVE_PREFIX = "/live/";
const RETRY_AFTER_SECONDS = 1;

export function addLiveRoutes(app: ServiceApp, options: LiveRoutesOptions): void {
  const { files, policy, wallNow } = options;
  const channels = new Map(options.channels.map((channel) => [channel.id, channel]));

  app.route({
    method: ["GET", "HEAD"],
    url: `${LIVE_PREFIX}*`,
    handler: (request, reply) => {
      const [channelId = "", ...below] = pathBelowLive(request).split("/");
      const channel = channels.get(channelId);
      if (channel === undefined) throw new UnknownChannel(channelId);
      const path = below.join("/");
      const unknown = () => new UnknownLivePath(channelId, `/${path}`);

      const asked = readLivePath(path);
      if (asked === undefined) throw unknown();
      if (asked.kind === "multivariant") {
        const text = writeChannelPlaylist(channel.program);
        return deliver(request, reply, inMemory(text, PLAYLIST_KIND));
      }
      const { program } = channel;
      const stream = program.streams.find(({ id }) => id === asked.streamId);
      if (stream === undefined) throw unknown();
      const timeline: LiveTimeline = { program, stream, epochWallMs: policy.epochWallMs };
      switch (asked.kind) {
        case "playlist":
          return sendPlaylist(request, reply, channelId, timeline);
        case "init": {
          const file = files.get(stream.inits.get(asked.titleId) ?? "");
          if (file === undefined) throw unknown();
          return deliver(request, reply, fromFile(file, IMMUTABLE));
        }
        case "segment":
          return sendSegment(request, reply, timeline, asked.sequence);
      }
    },
  });

  async function sendPlaylist(
    request: FastifyRequest,
    reply: FastifyReply,
    channelId: string,
    timeline: LiveTimeline,
  ): Promise<FastifyReply> {
    const playlist = writeLivePlaylist(timeline, wallNow(), policy);
    if (playlist === undefined) {
      reply.header("retry-after", RETRY_AFTER_SECONDS);
      throw new NotOnAir(channelId);
    }
    // While the origin fails, an edge may show the last list for one more segment and no longer: then
    // an error sends the viewer to another edge, where a frozen list would starve him. No
    // stale-while-revalidate: a newer list exists the moment that this one is stale.
    const staleSeconds = timeline.program.targetDurationSeconds;
    const cacheControl = `public, max-age=${playlist.maxAgeSeconds}, stale-if-error=${staleSeconds}`;
    return deliver(request, reply, inMemory(playlist.text, { ...PLAYLIST_KIND, cacheControl }));
  }

  async function sendSegment(
    request: FastifyRequest,
    reply: FastifyReply,
    timeline: LiveTimeline,
    sequence: number,
  ): Promise<FastifyReply> {
    const decision = decideLiveSegment(timeline, sequence, wallNow(), policy);
    if (decision.kind === "there") {
      // A program lists only what the library has.
      const file = files.get(decision.segment.path) as MediaFile;
      const cacheControl = `public, max-age=${policy.segmentMaxAgeSeconds}, immutable`;
      return deliver(request, reply, fromFile(file, cacheControl));
    }
    const Absence = decision.reason === "not-yet" ? SegmentNotYet : SegmentGone;
    const { code, message } = new Absence(sequence);
    // Unlike other errors it may be kept, so that a crowd that asks too early meets the edge.
    return reply
      .code(404)
      .header("cache-control", `public, max-age=${decision.maxAgeSeconds}`)
      .type(PROBLEM_CONTENT_TYPE)
      .send(problemDetails(404, code, message));
  }
}

/**
 * As it was sent, because the router decodes its parameter: all names here are plain, and another
 * spelling would be another object in every cache.
 */
function pathBelowLive({ originalUrl }: FastifyRequest): string {
  const [path = ""] = originalUrl.split("?");
  return path.slice(LIVE_PREFIX.length);
}

function fromFile(file: MediaFile, cacheControl: string): Deliverable {
  const { contentType } = file.kind;
  return { ...file, contentType, cacheControl, read: (range) => readMediaFile(file, range) };
}
