/** The page's end of a failover worker, with a browser's service workers as far as it looks at them. */
import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import type { ToWorker } from "./contract/worker-messages.ts";
import { FailoverWorker, registerFailoverWorker } from "./register-failover-worker.ts";

class FakeWorker {
  readonly heard: ToWorker[] = [];

  postMessage(message: ToWorker): void {
    this.heard.push(message);
  }
}

class FakeContainer extends EventTarget {
  controller: FakeWorker | null = null;
  readonly ready: Promise<{ readonly active: FakeWorker }>;

  constructor(active: FakeWorker) {
    super();
    this.ready = Promise.resolve({ active });
  }

  startMessages(): void {
    // Nothing is told before somebody listens.
  }

  isTakenOverBy(worker: FakeWorker): void {
    this.controller = worker;
    this.dispatchEvent(new Event("controllerchange"));
  }

  says(data: unknown): void {
    this.dispatchEvent(Object.assign(new Event("message"), { data }));
  }
}

const SESSION = { id: "one", sources: ["http://a/m.m3u8"], failover: {} };
const OPEN = { understudy: "open", session: SESSION };

function register(container: FakeContainer): FailoverWorker {
  return new FailoverWorker({
    container: container as unknown as ServiceWorkerContainer,
    registration: {} as ServiceWorkerRegistration,
    session: SESSION,
  });
}

test("a page that an older worker controls opens its play on the one that takes over", async (t) => {
  const [older, ours] = [new FakeWorker(), new FakeWorker()];
  const container = new FakeContainer(older);
  container.controller = older;
  const page = register(container);
  t.after(() => page.end());
  await container.ready;
  assert.deepEqual(older.heard, [OPEN], "which knows nothing of it");

  container.isTakenOverBy(ours);
  assert.deepEqual(ours.heard, [OPEN]);
  container.says({ understudy: "opened", id: "one" });
  await page.opened;
});

test("a worker that has the play already is not asked again when it takes over", async (t) => {
  const ours = new FakeWorker();
  const container = new FakeContainer(ours);
  const page = register(container);
  t.after(() => page.end());
  await container.ready;
  container.says({ understudy: "opened", id: "one" });
  container.isTakenOverBy(ours);
  await page.opened;
  assert.deepEqual(ours.heard, [OPEN]);
});

test("a page whose player plays something else is told so on its console, and nothing else changes", async (t) => {
  const warn = t.mock.method(console, "warn", () => undefined);
  const container = new FakeContainer(new FakeWorker());
  const page = register(container);
  t.after(() => page.end());
  container.isTakenOverBy(new FakeWorker());
  container.says({ understudy: "opened", id: "one" });
  await page.opened;
  const before = page.snapshot();
  container.says({ understudy: "stray", id: "another", url: "http://b/m.m3u8", snapshot: before });
  assert.equal(warn.mock.callCount(), 0, "that is another play's affair");
  container.says({ understudy: "stray", id: "one", url: "http://b/m.m3u8", snapshot: before });
  assert.match(
    String(warn.mock.calls[0]?.arguments[0]),
    /http:\/\/b\/m\.m3u8.*http:\/\/a\/m\.m3u8/,
  );
  assert.deepEqual(page.snapshot(), before);
});

describe("a page that can have no worker is told why", () => {
  const JAVASCRIPT = "text/javascript; charset=utf-8";

  /** A browser's page, as far as registering looks at it. */
  function openPage(t: TestContext, page: object): void {
    const world = {
      document: { baseURI: "http://page/films/" },
      location: { href: "http://page/films/", origin: "http://page" },
      isSecureContext: true,
      navigator: {},
      ...page,
    };
    for (const [name, value] of Object.entries(world)) {
      const before = Object.getOwnPropertyDescriptor(globalThis, name);
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
      t.after(() =>
        before === undefined
          ? Reflect.deleteProperty(globalThis, name)
          : Object.defineProperty(globalThis, name, before),
      );
    }
  }

  /** Its browser refuses the worker, and its server answers a question for the script so. */
  function refusedPage(error: Error, answer: () => Promise<Response>): object {
    return {
      navigator: { serviceWorker: { register: () => Promise.reject(error) } },
      fetch: answer,
    };
  }
  const answers = (type: string) => () =>
    Promise.resolve(new Response("", { headers: { "content-type": type } }));
  const security = new DOMException("in this browser's words", "SecurityError");

  test("one that was not loaded securely has no service workers, and draws no UUID", async (t) => {
    // As browsers have it: neither is there.
    openPage(t, { isSecureContext: false, crypto: {} });
    await assert.rejects(registerFailoverWorker({ sources: ["film.m3u8"] }), {
      code: "WORKER_UNSUPPORTED",
    });
  });

  for (const [what, worker, answer, code] of [
    ["is a script", "/w.js", answers(JAVASCRIPT), "WORKER_SCOPE_REFUSED"],
    [
      "is an old server's script",
      "/w.js",
      answers("application/x-javascript"),
      "WORKER_SCOPE_REFUSED",
    ],
    ["is of another origin", "http://other/w.js", answers("text/html"), "WORKER_SCOPE_REFUSED"],
    ["is a page", "/w.js", answers("text/html"), "WORKER_SCRIPT_FAILED"],
    ["says not what it is", "/w.js", answers(""), "WORKER_SCRIPT_FAILED"],
    ["cannot be had", "/w.js", () => Promise.reject(new TypeError()), "WORKER_SCRIPT_FAILED"],
  ] as const) {
    test(`where the browser's reason is security and the script ${what}: ${code}`, async (t) => {
      openPage(t, refusedPage(security, answer));
      await assert.rejects(registerFailoverWorker({ worker, sources: ["film.m3u8"] }), { code });
    });
  }

  test("where it cannot be run, whatever it is", async (t) => {
    openPage(t, refusedPage(new TypeError("threw"), answers(JAVASCRIPT)));
    await assert.rejects(registerFailoverWorker({ sources: ["film.m3u8"] }), {
      code: "WORKER_SCRIPT_FAILED",
    });
  });

  for (const sources of [[], [""], ["film.m3u8", "https://["], ["mailto:a@b"]]) {
    test(`by the code of every player for the sources ${JSON.stringify(sources)}`, async (t) => {
      openPage(t, { isSecureContext: false });
      await assert.rejects(registerFailoverWorker({ sources }), {
        name: "InvalidSourceError",
        code: "INVALID_SOURCE",
      });
    });
  }
});
