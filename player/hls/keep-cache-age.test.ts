import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { HlsConfig, Loader, PlaylistLoaderConstructor, PlaylistLoaderContext } from "hls.js";
import { cacheAgeOf, keepCacheAge } from "./keep-cache-age.ts";

/** As hls.js wraps a loader for its CMCD: without the age. */
class Wrapping {
  load(...[, , callbacks]: Parameters<Loader<PlaylistLoaderContext>["load"]>): void {
    const response = new Response("", { headers: { age: "1.5" } });
    callbacks.onSuccess({ url: "" }, {} as never, {} as never, response);
  }
}
const config = (cmcd: object | undefined) =>
  ({ cmcd, pLoader: Wrapping as unknown as PlaylistLoaderConstructor }) as unknown as HlsConfig;

describe("keepCacheAge()", () => {
  test("gives the age of the latest playlist through the loader that has none", () => {
    const wrapped = config({});
    keepCacheAge(wrapped);
    assert.ok(wrapped.pLoader);
    const loader = new wrapped.pLoader(wrapped);
    assert.equal(loader.getCacheAge?.(), null);
    const urls: string[] = [];
    const callbacks = { onSuccess: ({ url }: { url: string }) => urls.push(url) };
    loader.load({} as never, {} as never, callbacks as never);
    assert.equal(loader.getCacheAge?.(), 1.5);
    assert.deepEqual(urls, [""]);
  });

  test("leaves the loader of a page without CMCD alone", () => {
    const plain = config(undefined);
    keepCacheAge(plain);
    assert.equal(plain.pLoader, Wrapping);
  });

  test("leaves alone one that knows the age", () => {
    class Knowing extends Wrapping {
      getCacheAge(): number {
        return 3;
      }
    }
    const knowing = { ...config({}), pLoader: Knowing as unknown as PlaylistLoaderConstructor };
    keepCacheAge(knowing);
    assert.equal(knowing.pLoader, Knowing);
  });
});

describe("cacheAgeOf()", () => {
  for (const [age, expected] of [
    ["7", 7],
    ["0", 0],
    ["soon", null],
    [undefined, null],
  ] as const) {
    test(`of Age ${age} is ${expected}`, () => {
      const headers = age === undefined ? {} : { age };
      assert.equal(cacheAgeOf(new Response("", { headers })), expected);
    });
  }
});
