/** What a browser does with our service worker: refuses it, stops it, and tells it that a page gave up. */
import { expect, type Page, test } from "playwright/test";
import { Edge, SEGMENT_BYTES, WorkerSite } from "../worker-site.ts";

type WorkerPage = Window & {
  worker: { readonly unregister: () => Promise<void> };
  register: (options: object) => Promise<{ readonly unregister: () => Promise<void> }>;
};

let site: WorkerSite;
let first: Edge;
let second: Edge;

test.beforeEach(async () => {
  [site, first, second] = await Promise.all([
    WorkerSite.open(),
    new Edge().opens(),
    new Edge().opens(),
  ]);
});

test.afterEach(() => Promise.all([site.close(), first.close(), second.close()]));

test("a page that can have no worker is told why", async ({ page }) => {
  await opensPage(page);
  const codeOf = (options: object) =>
    page.evaluate(
      (given) =>
        (window as unknown as WorkerPage).register({ sources: ["/film.m3u8"], ...given }).then(
          () => "none",
          ({ code, name }) => code ?? name,
        ),
      options,
    );
  expect(await codeOf({ worker: "/no-worker.js" })).toBe("WORKER_SCRIPT_FAILED");
  expect(await codeOf({ worker: "/broken-worker.js" })).toBe("WORKER_SCRIPT_FAILED");
  // A site that answers everything with its page.
  expect(await codeOf({ worker: "/a-page.js" })).toBe("WORKER_SCRIPT_FAILED");
  expect(await codeOf({ worker: "/elsewhere/understudy-worker.js" })).toBe("WORKER_SCOPE_REFUSED");
  expect(await codeOf({ worker: "/elsewhere/understudy-worker.js", scope: "/" })).toBe(
    "WORKER_SCOPE_REFUSED",
  );
  expect(await codeOf({ sources: [] })).toBe("INVALID_SOURCE");
  // Not even 127.0.0.1 is secure by name only: another address of this machine is not.
  await page.evaluate(() => {
    Object.defineProperty(window, "isSecureContext", { value: false });
  });
  expect(await codeOf({})).toBe("WORKER_UNSUPPORTED");
});

test("a silent edge costs the page a moment", async ({ page }) => {
  await opensPlay(page);
  first.isSilent = true;
  expect(await loads(page, first.segment(1))).toBe(SEGMENT_BYTES);
  expect(second.asked.at(-1)?.path).toBe("/film/1.m4s");
});

test("what the page gives up in mid-body is given up", async ({ page }) => {
  await opensPlay(page);
  first.pauseMs = 20_000;
  await page.evaluate(async (url) => {
    const player = new AbortController();
    const { body } = await fetch(url, { signal: player.signal });
    const reading = body?.getReader().read();
    player.abort();
    await reading?.catch(() => undefined);
  }, first.segment(9));
  const asked = () => first.asked.filter(({ path }) => path === "/film/9.m4s");
  // Were it left for its silence, the second would be asked for the rest.
  await expect.poll(() => asked().map(({ isOver }) => isOver), { intervals: [50] }).toEqual([true]);
  expect(second.asked.filter(({ path }) => path === "/film/9.m4s")).toEqual([]);
});

test("a page sees for how long a body has been on its way", async ({ page }) => {
  await opensPlay(page);
  first.pauseMs = 400;
  expect(await loads(page, first.segment(1))).toBe(SEGMENT_BYTES);
  const [tookMs] = await page.evaluate(
    (url) =>
      performance.getEntriesByName(url).map((entry) => {
        const { responseStart, responseEnd } = entry as PerformanceResourceTiming;
        return responseEnd - responseStart;
      }),
    first.segment(1),
  );
  expect(tookMs).toBeGreaterThan(300);

  const loadedAt = await page.evaluate(
    (url) =>
      new Promise<number[]>((resolve) => {
        const loaded: number[] = [];
        const request = new XMLHttpRequest();
        request.open("GET", url);
        request.onprogress = (event) => loaded.push(event.loaded);
        request.onload = () => resolve(loaded);
        request.send();
      }),
    first.segment(2),
  );
  expect([loadedAt[0], loadedAt.at(-1)]).toEqual([1, SEGMENT_BYTES]);
});

test("a worker that was stopped goes on with what it knew", async ({ page }) => {
  await opensPlay(page);
  first.isSilent = true;
  expect(await loads(page, first.segment(1))).toBe(SEGMENT_BYTES);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("ServiceWorker.enable");
  await expect.poll(() => hasWritten(page, "avoided")).toBe(true);
  await devtools.send("ServiceWorker.stopAllWorkers");
  const askedBefore = first.asked.length;
  expect(await loads(page, first.segment(2))).toBe(SEGMENT_BYTES);
  const asked = first.asked.slice(askedBefore).map(({ path }) => path);
  expect(asked).not.toContain("/film/2.m4s");
});

test("what is not of the play, and all once it is over, goes to the network as ever", async ({
  page,
}) => {
  await opensPlay(page);
  expect(await loads(page, `${first.url}/film/other`)).toBe(-404);
  await page.evaluate(() => (window as unknown as WorkerPage).worker.unregister());
  second.asked.length = 0;
  expect(await loads(page, first.segment(3))).toBe(SEGMENT_BYTES);
  expect(first.asked.at(-1)?.path).toBe("/film/3.m4s");
  expect(second.asked).toEqual([]);
});

async function opensPage(page: Page): Promise<void> {
  await page.goto(site.url);
  await page.waitForFunction(() => "register" in window);
}

/** A page whose player has read the playlists. */
async function opensPlay(page: Page): Promise<void> {
  await opensPage(page);
  await page.evaluate(
    async (sources) => {
      const own = window as unknown as WorkerPage;
      own.worker = await own.register({ sources });
    },
    [first.master, second.master],
  );
  await loads(page, first.master);
  await loads(page, `${first.url}/film/low.m3u8`);
}

/** Bytes of the body, or the status that says why there is none, as a negative number. */
function loads(page: Page, url: string): Promise<number> {
  return page.evaluate(async (asked) => {
    const response = await fetch(asked);
    return response.ok ? (await response.arrayBuffer()).byteLength : -response.status;
  }, url);
}

/** Whether what workers have written down of their plays says this of anything. */
function hasWritten(page: Page, word: string): Promise<boolean> {
  return page.evaluate(async (wanted) => {
    const settled = <Result>(request: IDBRequest<Result>) =>
      new Promise<Result>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    for (const { name } of await indexedDB.databases()) {
      const database = await settled(indexedDB.open(name ?? ""));
      const plays = await settled(
        database.transaction("sessions").objectStore("sessions").getAll(),
      );
      database.close();
      const text = JSON.stringify(plays, (_, value) => (value instanceof Map ? [...value] : value));
      if (text.includes(`"${wanted}"`)) return true;
    }
    return false;
  }, word);
}
