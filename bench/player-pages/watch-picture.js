/**
 * Runs before a page's own scripts: notes every 250 ms what of the picture can be seen, and when the
 * first frame was shown. Frames are counted as they are presented; events tell nothing of that.
 */
(() => {
  const atMs = () => performance.timeOrigin + performance.now();
  const picture = { firstFrameAtMs: null, samples: [], errors: [] };
  window.labPicture = picture;
  window.addEventListener("error", ({ message }) => picture.errors.push(message));
  window.addEventListener("unhandledrejection", ({ reason }) => picture.errors.push(`${reason}`));

  let video;
  let frames = 0;
  let presented = 0;
  const countFrames = (_, { presentedFrames }) => {
    picture.firstFrameAtMs ??= atMs();
    frames += Math.max(1, presentedFrames - presented);
    presented = presentedFrames;
    video.requestVideoFrameCallback(countFrames);
  };

  const looking = setInterval(() => {
    video = document.querySelector("video") ?? undefined;
    if (video === undefined) return;
    clearInterval(looking);
    video.requestVideoFrameCallback(countFrames);
  }, 10);

  const bufferSeconds = ({ buffered, currentTime }) => {
    for (let index = 0; index < buffered.length; index += 1) {
      if (buffered.start(index) <= currentTime + 0.1 && currentTime < buffered.end(index)) {
        return buffered.end(index) - currentTime;
      }
    }
    return 0;
  };
  setInterval(() => {
    if (video === undefined) return;
    picture.samples.push({
      atMs: atMs(),
      mediaSeconds: video.currentTime,
      frames,
      bufferSeconds: bufferSeconds(video),
      ended: video.ended,
    });
  }, 250);
})();
