/**
 * What the pages have in common: they are told in their address what to play and how much to buffer,
 * and whether our service worker is to stand between the player and the network.
 */
window.begin = async (video) => {
  const asked = new URLSearchParams(location.search);
  const sources = asked.getAll("src");
  const isBehindWorker = asked.has("worker");
  if (isBehindWorker) {
    const { registerFailoverWorker } = await import("/scripts/register-failover-worker.js");
    window.understudy = await registerFailoverWorker({ sources, video });
  }
  return { source: sources[0], bufferSeconds: Number(asked.get("buffer")), isBehindWorker };
};
