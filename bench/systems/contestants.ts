/** Ours and the peers before one live origin, with cold caches: for studies that put them side by side. */
import { OURS } from "../contract/bench-result.ts";
import { OUR_VERSION } from "../measure/versions.ts";
import type { ServerProcess } from "../processes/server-process.ts";
import type { Stage } from "../processes/stage.ts";
import { type ApplianceTiers, isApplianceHit, startAppliance } from "./appliance.ts";
import type { Answer } from "./ask.ts";
import { PEER_NAMES, type PeerName, startPeers } from "./peer.ts";

export type Contestant = {
  readonly name: string;
  readonly about: string;
  readonly version: string;
  readonly server: ServerProcess;
  readonly isHit: (answer: Answer) => boolean;
};

/** Ours first. */
export async function startContestants(
  stage: Stage,
  originUrl: string,
  {
    tiers,
    peers = PEER_NAMES,
  }: { readonly tiers: ApplianceTiers; readonly peers?: readonly PeerName[] },
): Promise<{ readonly contestants: readonly Contestant[]; readonly missing: readonly PeerName[] }> {
  const server = await startAppliance(stage, originUrl, tiers);
  const ours: Contestant = {
    name: OURS,
    about: `one appliance process with a RAM tier${tiers.hasDisk ? " and a disk tier" : ""}`,
    version: OUR_VERSION,
    server,
    isHit: isApplianceHit,
  };
  const { peers: started, missing } = await startPeers(stage, originUrl, peers);
  return { contestants: [ours, ...started], missing };
}
