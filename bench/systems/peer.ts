/** Another cache before the same origin, with one worker: what ours is compared with. */
import type { ServerProcess } from "../processes/server-process.ts";
import type { Stage } from "../processes/stage.ts";
import type { Answer } from "./ask.ts";
import { startAts } from "./ats.ts";
import { type MeasuredSystem, NOTHING_TO_WATCH } from "./measured-system.ts";
import { startNginx } from "./nginx.ts";
import type { BenchObject } from "./origin.ts";
import { startVarnish } from "./varnish.ts";
import { answerBytesOf, warmCache } from "./warm-cache.ts";

export type Peer = {
  readonly name: PeerName;
  readonly about: string;
  readonly version: string;
  readonly server: ServerProcess;
  /** Whether an answer came from the cache, by the cache's own word. */
  readonly isHit: (answer: Answer) => boolean;
};

export const PEER_NAMES = ["nginx", "varnish", "ats"] as const;
export type PeerName = (typeof PEER_NAMES)[number];

export type Peers = {
  readonly peers: readonly Peer[];
  /** Those that are not installed here. */
  readonly missing: readonly PeerName[];
};

const STARTERS: Readonly<
  Record<PeerName, (stage: Stage, originUrl: string) => Promise<Peer | undefined>>
> = { nginx: startNginx, varnish: startVarnish, ats: startAts };

/** @returns undefined where it is not installed. */
export function startPeer(
  stage: Stage,
  name: PeerName,
  originUrl: string,
): Promise<Peer | undefined> {
  return STARTERS[name](stage, originUrl);
}

export async function startPeers(
  stage: Stage,
  originUrl: string,
  names: readonly PeerName[] = PEER_NAMES,
): Promise<Peers> {
  const peers: Peer[] = [];
  const missing: PeerName[] = [];
  for (const name of names) {
    const peer = await startPeer(stage, name, originUrl);
    if (peer === undefined) missing.push(name);
    else peers.push(peer);
  }
  return { peers, missing };
}

/** The peer with these objects in its cache, ready to be measured. */
export async function warmPeer(
  peer: Peer,
  objects: readonly BenchObject[],
): Promise<MeasuredSystem> {
  await warmCache(peer.server, objects, peer.isHit);
  return {
    name: peer.name,
    about: peer.about,
    version: peer.version,
    server: peer.server,
    paths: objects.map(({ path }) => path),
    answerBytes: answerBytesOf(objects),
    watch: NOTHING_TO_WATCH,
  };
}
