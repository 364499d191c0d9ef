/** A gap of a frame or two is played over, so the range that begins just ahead counts too. */
const GAP_SECONDS = 0.1;

/** Media time that can be played from here without a further byte. */
export function bufferedAheadSeconds({
  buffered,
  currentTime,
}: Pick<HTMLMediaElement, "buffered" | "currentTime">): number {
  for (let index = 0; index < buffered.length; index += 1) {
    if (buffered.start(index) <= currentTime + GAP_SECONDS && currentTime < buffered.end(index)) {
      return buffered.end(index) - currentTime;
    }
  }
  return 0;
}
