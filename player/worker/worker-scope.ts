/**
 * What a service worker's global scope is to us. The library of types for workers contradicts the one for
 * pages, and the transport is compiled for both.
 */
export type LastingEvent = {
  /** Keeps the worker alive until the promise is settled. */
  waitUntil(promise: Promise<unknown>): void;
};

export type PageFetchEvent = LastingEvent & {
  readonly request: Request;
  /** The page that asks; empty for one that is only being opened. */
  readonly clientId: string;
  respondWith(answer: Promise<Response>): void;
};

export type PageMessageEvent = LastingEvent & {
  readonly data: unknown;
  readonly source: { readonly id: string } | null;
};

type ScopeEvents = {
  readonly install: LastingEvent;
  readonly activate: LastingEvent;
  readonly fetch: PageFetchEvent;
  readonly message: PageMessageEvent;
};

export type WorkerScope = {
  addEventListener<Name extends keyof ScopeEvents>(
    name: Name,
    listener: (event: ScopeEvents[Name]) => void,
  ): void;
  skipWaiting(): Promise<void>;
  readonly clients: {
    /** Takes over the pages that are open already. */
    claim(): Promise<void>;
    get(id: string): Promise<{ postMessage(message: unknown): void } | undefined>;
  };
  readonly registration: { readonly scope: string };
};
