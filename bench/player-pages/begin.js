/**
 * What the pages have in common: they are told in their address what to play and how much to buffer,
 * and whether our service worker is to stand between the player and the network.
 */
window.begin = async (video) => {
  const asked = new URLSearchParams(location.search);
  const source = asked.get("src");
  if (asked.has("worker")) {
    await loadScript("/scripts/understudy.js");
    await window.Understudy.registerFailoverWorker({
      worker: "/understudy-worker.js",
      sources: [source],
      video,
    });
  }
  return { source, bufferSeconds: Number(asked.get("buffer")) };
};

function loadScript(src) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = src;
    script.onload = resolve;
    script.onerror = () => reject(new Error(`Cannot load ${src}`));
    document.head.append(script);
  });
}
