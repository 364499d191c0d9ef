/** An `EventTarget` that knows the player's events by name and detail. */
import type { PlayerEvents } from "../contract/player-events.ts";

type Listen<Options> = <Name extends keyof PlayerEvents>(
  name: Name,
  listener: (event: CustomEvent<PlayerEvents[Name]>) => void,
  options?: boolean | Options,
) => void;

export type PlayerEventTarget = Pick<EventTarget, "dispatchEvent"> & {
  readonly addEventListener: Listen<AddEventListenerOptions>;
  readonly removeEventListener: Listen<EventListenerOptions>;
};

export const PlayerEventTarget = EventTarget as new () => PlayerEventTarget;

export function tell<Name extends keyof PlayerEvents>(
  target: Pick<EventTarget, "dispatchEvent">,
  name: Name,
  detail: PlayerEvents[Name],
): void {
  target.dispatchEvent(new CustomEvent(name, { detail }));
}
