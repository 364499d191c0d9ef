/**
 * Calls every pathway by the name of the appliance behind it.
 *
 * A page that was opened while steering was down plays from bare addresses, and the player names those
 * pathways after them. What steering or the fleet tells of the same address is who it really is, so
 * that a box has one name, one mark and one colour all over the page.
 */
import type { PathwaySnapshot, PlayerSnapshot } from "../../player/contract/player-events.ts";
import type { EventLog, Story } from "./event-log.ts";

/** Pathway id → name of the appliance, where they differ. */
export type ApplianceNames = ReadonlyMap<string, string>;

export type NamedAddress = { readonly name: string; readonly url: string };

/** Adds what can be learnt now to what was known: a pathway that is gone may still be in the ribbon. */
export function learnNames(
  known: ApplianceNames,
  pathways: readonly PathwaySnapshot[],
  addresses: readonly NamedAddress[],
): ApplianceNames {
  const learnt = pathways.flatMap(({ id, host }) => {
    if (addresses.some(({ name }) => name === id)) return [];
    const address = addresses.find(({ url }) => url.replace(/\/$/, "") === host);
    return address === undefined || known.get(id) === address.name
      ? []
      : [[id, address.name] as const];
  });
  return learnt.length === 0 ? known : new Map([...known, ...learnt]);
}

export function nameSnapshot(snapshot: PlayerSnapshot, names: ApplianceNames): PlayerSnapshot {
  if (names.size === 0) return snapshot;
  return {
    ...snapshot,
    servedBy: snapshot.servedBy && nameOf(snapshot.servedBy, names),
    pathways: snapshot.pathways.map((pathway) => ({ ...pathway, id: nameOf(pathway.id, names) })),
    served: snapshot.served.map((span) => ({
      ...span,
      pathway: nameOf(span.pathway, names),
      resumedOn: span.resumedOn && nameOf(span.resumedOn, names),
    })),
  };
}

export function nameLog(log: EventLog, names: ApplianceNames): EventLog {
  if (names.size === 0) return log;
  return log.map((entry) => ({ ...entry, story: nameStory(entry.story, names) }));
}

export function nameOf(pathwayId: string, names: ApplianceNames): string {
  return names.get(pathwayId) ?? pathwayId;
}

function nameStory(story: Story, names: ApplianceNames): Story {
  const ends = ({ from, to }: { readonly from: string; readonly to: string }) => ({
    from: nameOf(from, names),
    to: nameOf(to, names),
  });
  switch (story.kind) {
    case "fault":
    case "healed":
      // The chaos service knows a box by its own name.
      return story;
    case "failover":
      return { ...story, event: { ...story.event, ...ends(story.event) } };
    case "failback":
      return { ...story, event: { ...story.event, ...ends(story.event) } };
    case "resume":
      return { ...story, event: { ...story.event, ...ends(story.event) } };
    case "degraded": {
      const { event } = story;
      return event.state === "unreachable"
        ? { ...story, event: { ...event, tried: event.tried.map((id) => nameOf(id, names)) } }
        : { ...story, event: { ...event, pathway: nameOf(event.pathway, names) } };
    }
  }
}
