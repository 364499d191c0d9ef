/** Says whatever is in the log in one sentence. */
import type { Story } from "./event-log.ts";
import { faultSentence } from "./fault-stories.ts";
import { switchSentence } from "./switch-sentence.ts";

export function storySentence(story: Story): string {
  return story.kind === "fault" || story.kind === "healed"
    ? faultSentence(story)
    : switchSentence(story);
}
