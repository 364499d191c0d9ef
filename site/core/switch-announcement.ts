/**
 * What a screen reader is told when playback moves or stops, or a box is broken or healed: shorter
 * than what is shown, and unchanged until the next event, so that nothing is read out twice.
 */
import type { EventLog } from "./event-log.ts";
import { faultSentence } from "./fault-stories.ts";

/** The empty string while there is nothing to tell. A resumed body is a detail of its failover. */
export function announcementOf(log: EventLog): string {
  const story = log.find((entry) => entry.story.kind !== "resume")?.story;
  switch (story?.kind) {
    case "failover":
      return `Switched from ${story.event.from} to ${story.event.to}.`;
    case "failback":
      return `Went back from ${story.event.from} to ${story.event.to}.`;
    case "degraded":
      return story.event.state === "unreachable"
        ? "No box that has the picture can be reached. Playback goes on by itself as soon as one answers."
        : `${story.event.pathway} answers again. Playback goes on.`;
    case "fault":
    case "healed":
      return `${faultSentence(story)}.`;
    default:
      return "";
  }
}
