/** A proxy before an upstream that counts, raw clients, and a clock that only tests move. */
import { once } from "node:events";
import { createServer as createHttpServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import type { TestContext } from "node:test";
import { buildChaosApp, type ChaosOptions } from "./app.ts";
import { CHAOS_POLICY, type ChaosPolicy } from "./config.ts";
import { FAULTS_PATH, type Fault, type FaultTarget, faultPath } from "./contract/faults.ts";
import { resetSocket } from "./proxy/reset-socket.ts";

export const TOKEN = "a-token-for-tests";
/** Below those that systems hand out, so that nobody takes one while its proxy is away. */
const LOWEST_PORT = 20_000;
const PORTS = 12_000;
const PIECE_BYTES = 65_536;

export type Upstream = {
  readonly port: number;
  /** Method and path of each request that was heard, and its body. */
  readonly asked: string[];
  /** How many connections it has accepted. */
  readonly connections: () => number;
  /** As a process that is killed: nothing listens, and every connection is gone. */
  die(): Promise<void>;
  revive(): Promise<void>;
};

/**
 * Answers `/length/<bytes>`, `/chunked/<bytes>` and `/close/<bytes>` with bodies of that many bytes,
 * `/slow/<bytes>` with half of one until `finish` is called, and `/304`. What is below `/live/` is
 * another text for each request, with its own ETag, in chunks below `/live/chunked/`.
 */
export async function startUpstream(t: TestContext): Promise<Upstream & { finish(): void }> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const unfinished = new Set<() => void>();
  const server = createHttpServer(async (request, response) => {
    const body = await textOf(request);
    asked.push(`${request.method} ${request.url}${body === "" ? "" : ` ${body}`}`);
    const [, how = "", size = "0"] = (request.url ?? "").split("?")[0]?.split("/") ?? [];
    const bytes = bodyOf(how === "live" ? 0 : Number(size));
    switch (how) {
      case "304":
        response.writeHead(304, { etag: '"a"' }).end();
        return;
      case "live": {
        const text = `#EXTM3U ${asked.length}`;
        response.setHeader("etag", `"${asked.length}"`);
        response.setHeader("access-control-allow-origin", "*");
        if (size === "chunked") response.write(text.slice(0, 1));
        else response.setHeader("content-length", text.length);
        response.end(size === "chunked" ? text.slice(1) : text);
        return;
      }
      case "chunked":
        response.write(bytes.subarray(0, bytes.length / 2));
        response.end(bytes.subarray(bytes.length / 2));
        return;
      case "close":
        response.socket?.end(Buffer.concat([Buffer.from("HTTP/1.1 200 OK\r\n\r\n"), bytes]));
        return;
      case "slow":
        response.writeHead(200, { "content-length": bytes.length });
        response.write(bytes.subarray(0, bytes.length / 2));
        unfinished.add(() => response.end(bytes.subarray(bytes.length / 2)));
        return;
      default:
        response.writeHead(200, { "content-length": bytes.length }).end(bytes);
    }
  });
  server.on("connection", (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  const port = await listenBelow(server);
  const die = async () => {
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets) resetSocket(socket);
    await closed;
  };
  t.after(async () => {
    if (server.listening) await die();
  });
  return {
    port,
    asked,
    connections: () => connections,
    die,
    revive: async () => {
      server.listen({ host: "127.0.0.1", port });
      await once(server, "listening");
    },
    finish: () => {
      for (const end of unfinished) end();
      unfinished.clear();
    },
  };
}

/** An upstream that says what the test makes it say. */
export async function startRawUpstream(t: TestContext) {
  const server = createServer({ allowHalfOpen: true });
  const sides: RawSide[] = [];
  const waiting: ((side: RawSide) => void)[] = [];
  server.on("connection", (socket) => {
    const side = new RawSide(socket);
    const next = waiting.shift();
    if (next === undefined) sides.push(side);
    else next(side);
    t.after(() => socket.destroy());
  });
  server.listen({ host: "127.0.0.1", port: 0 });
  await once(server, "listening");
  t.after(() => server.close());
  return {
    port: (server.address() as AddressInfo).port,
    /** The next connection that was accepted. */
    accepted: (): Promise<RawSide> => {
      const side = sides.shift();
      return side === undefined
        ? new Promise((found) => waiting.push(found))
        : Promise.resolve(side);
    },
  };
}

/** One end of a connection, which keeps all that it hears, and how it ends. */
export class RawSide {
  readonly socket: Socket;
  /** How the other side has ended the connection. */
  readonly ending: Promise<"fin" | "rst">;
  readonly #pieces: Buffer[] = [];
  #heardBytes = 0;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (bytes: Buffer) => {
      this.#pieces.push(bytes);
      this.#heardBytes += bytes.length;
    });
    this.ending = new Promise((resolve) => {
      socket.on("end", () => resolve("fin"));
      socket.on("error", () => resolve("rst"));
    });
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#pieces);
  }

  get text(): string {
    return this.bytes.toString("latin1");
  }

  say(text: string | Buffer): void {
    this.socket.write(text);
  }

  /** Resolves once what was heard satisfies the condition. */
  async until(isEnough: (text: string) => boolean): Promise<string> {
    while (!isEnough(this.text)) await once(this.socket, "data");
    return this.text;
  }

  async untilBytes(count: number): Promise<string> {
    while (this.#heardBytes < count) await once(this.socket, "data");
    return this.text;
  }
}

export type Rig = {
  /** Of the proxy. */
  readonly port: number;
  readonly url: string;
  readonly app: Awaited<ReturnType<typeof buildChaosApp>>["app"];
  /** Moves the clock on, and lets the loop come by. */
  pass(ms: number): void;
  /** Moves the clock on, and the loop is late. */
  passUnnoticed(ms: number): void;
  put(fault: Fault): Promise<void>;
  heal(): Promise<void>;
  target(): Promise<FaultTarget>;
  /** Lets the loop come by until the target is in this state. */
  untilState(state: FaultTarget["state"]): Promise<void>;
  connect(): Promise<RawSide>;
  /** What happens to who connects now: `refused` by nobody listening, or `accepted`. */
  knock(): Promise<"accepted" | "refused">;
  readonly close: () => Promise<void>;
};

export async function startRig(
  t: TestContext,
  upstream: { readonly port: number },
  relay: Partial<ChaosPolicy["proxy"]["relay"]> = {},
  options: Partial<ChaosOptions> = {},
): Promise<Rig> {
  let nowMs = 1;
  const { proxy } = CHAOS_POLICY;
  const policy = { ...CHAOS_POLICY, proxy: { ...proxy, relay: { ...proxy.relay, ...relay } } };
  const address = { url: `http://127.0.0.1:${upstream.port}`, host: "127.0.0.1" };
  const build = async () => {
    const listenPort = LOWEST_PORT + Math.floor(Math.random() * PORTS);
    const built = await buildChaosApp({
      targets: [{ name: "a", listenPort, upstream: { ...address, port: upstream.port } }],
      host: "127.0.0.1",
      advertisedHost: "127.0.0.1",
      policy,
      token: TOKEN,
      now: () => nowMs,
      wallNow: () => 1_700_000_000_000 + nowMs,
      random: () => 0.5,
      ...options,
    });
    return { ...built, port: listenPort };
  };
  let built = await build();
  for (let isOpen = false; !isOpen; ) {
    try {
      await built.proxies[0]?.listen();
      isOpen = true;
    } catch {
      // Somebody has that port: another one is drawn.
      await built.app.close();
      built = await build();
    }
  }
  const { app, tick, port } = built;
  t.after(() => app.close());

  const headers = { authorization: `Bearer ${TOKEN}` };
  const expectOk = (response: { statusCode: number; body: string }) => {
    if (response.statusCode !== 200) throw new Error(response.body);
  };
  const target = async () => (await app.inject(FAULTS_PATH)).json().targets[0];
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    app,
    pass(ms) {
      nowMs += ms;
      tick(nowMs);
    },
    passUnnoticed(ms) {
      nowMs += ms;
    },
    async put(payload) {
      expectOk(await app.inject({ method: "PUT", url: faultPath("a"), headers, payload }));
    },
    async heal() {
      expectOk(await app.inject({ method: "DELETE", url: faultPath("a"), headers }));
    },
    target,
    async untilState(state) {
      while ((await target()).state !== state) {
        nowMs += 100;
        tick(nowMs);
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    async connect() {
      const socket = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
      t.after(() => socket.destroy());
      const side = new RawSide(socket);
      // A connection that is reset at once may never be seen to have been there.
      await new Promise((resolve) => socket.once("connect", resolve).once("error", resolve));
      return side;
    },
    knock: () => knockAt(port),
    close: () => app.close(),
  };
}

/** What happens to who connects to this port now. */
export async function knockAt(port: number): Promise<"accepted" | "refused"> {
  const socket = connect({ host: "127.0.0.1", port });
  try {
    await once(socket, "connect");
    return "accepted";
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ECONNREFUSED")
      return "refused";
    throw error;
  } finally {
    socket.destroy();
  }
}

export const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;

/** Bytes that differ from place to place. */
export function bodyOf(sizeBytes: number): Buffer {
  return Buffer.alloc(sizeBytes, "0123456789abcdefghijklmnopqrstuvwxyz-");
}

/** Splits what a client heard into its first head and the rest. */
export function headAndRest(text: string): { head: string; rest: string } {
  const at = text.indexOf("\r\n\r\n") + 4;
  return { head: text.slice(0, at), rest: text.slice(at) };
}

/** Resolves when everything that sockets have ready now has been handled. */
export async function settled(): Promise<void> {
  // Loopback delivers at once; a few turns of the loop carry it through both relays.
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Says so many bytes, piece by piece, and resolves with how many were taken once nothing moves. */
export async function pourUntilStalled(
  { socket }: RawSide,
  manyBytes: number,
  { meanwhile = () => {}, piece = Buffer.alloc(PIECE_BYTES) } = {},
): Promise<number> {
  let takenBytes = 0;
  const pour = () => {
    if (takenBytes >= manyBytes) return;
    socket.write(piece, () => {
      takenBytes += piece.length;
      pour();
    });
  };
  pour();
  for (let before = -1; before !== takenBytes; ) {
    before = takenBytes;
    meanwhile();
    await settled();
  }
  return takenBytes;
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const piece of request) text += piece;
  return text;
}

async function listenBelow(server: ReturnType<typeof createHttpServer>): Promise<number> {
  for (;;) {
    const port = LOWEST_PORT + Math.floor(Math.random() * PORTS);
    const failed = new Promise<boolean>((resolve) => {
      server.once("listening", () => resolve(false));
      server.once("error", () => resolve(true));
    });
    server.listen({ host: "127.0.0.1", port });
    if (!(await failed)) return port;
  }
}
