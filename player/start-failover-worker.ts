/** The script of the service worker: `attendPages` with the browser's own clocks, network and store. */
import { ATTEND_POLICY, attendPages } from "./worker/attend-pages.ts";
import { openSessionStore } from "./worker/session-store.ts";
import type { WorkerScope } from "./worker/worker-scope.ts";

const scope = globalThis as unknown as WorkerScope;

attendPages(scope, {
  policy: ATTEND_POLICY,
  store: openSessionStore(indexedDB, `understudy ${scope.registration.scope}`),
  fetch: (input, init) => fetch(input, init),
  now: () => performance.now(),
  wallNow: () => Date.now(),
  random: () => Math.random(),
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
});
