/**
 * The third place besides the pathways: it has the multivariant playlist and the manifest, which name
 * both pathways, so that a page opens whichever of them is ill. And the scripted steering server.
 */
import { createServer, type Server, type ServerResponse } from "node:http";
import type { SteeringConduct } from "../../core/lab/lab-fault.ts";
import {
  dashManifest,
  type LabPlaces,
  multivariantPlaylist,
} from "../../core/lab/lab-playlists.ts";
import { closeServer, listenBelowEphemeral } from "./listening.ts";

const CORS = { "access-control-allow-origin": "*", "cache-control": "no-store" };
const TTL_SECONDS = 5;

export class PlayServer {
  /** When the page asked for the first time. */
  onAsked: () => void = () => {};
  #places: LabPlaces | undefined;
  readonly #server: Server = createServer((request, response) => {
    const answer = this.#answers[(request.url ?? "").split("?")[0] ?? ""];
    if (answer === undefined || this.#places === undefined) {
      response.writeHead(404, CORS).end();
      return;
    }
    this.onAsked();
    const { type, text } = answer(this.#places);
    response.writeHead(200, { ...CORS, "content-type": type }).end(text);
  });
  readonly #answers: Readonly<
    Record<string, (places: LabPlaces) => { readonly type: string; readonly text: string }>
  > = {
    "/master.m3u8": (places) => ({
      type: "application/vnd.apple.mpegurl",
      text: multivariantPlaylist(places),
    }),
    "/manifest.mpd": (places) => ({ type: "application/dash+xml", text: dashManifest(places) }),
  };
  url = "";

  static async open(random: () => number): Promise<PlayServer> {
    const server = new PlayServer();
    server.url = `http://127.0.0.1:${await listenBelowEphemeral(server.#server, random)}`;
    return server;
  }

  names(places: LabPlaces): void {
    this.#places = places;
  }

  close(): Promise<void> {
    return closeServer(this.#server);
  }
}

export class ScriptedSteering {
  requests = 0;
  readonly #conduct: SteeringConduct;
  readonly #server: Server;
  url = "";

  /** It answers [A, B] throughout, whatever happens: it does not know that A is ill. */
  static async open(conduct: SteeringConduct, random: () => number): Promise<ScriptedSteering> {
    const steering = new ScriptedSteering(conduct);
    steering.url = `http://127.0.0.1:${await listenBelowEphemeral(steering.#server, random)}`;
    if (conduct === "down") await steering.close();
    return steering;
  }

  private constructor(conduct: SteeringConduct) {
    this.#conduct = conduct;
    this.#server = createServer((_, response) => {
      this.requests += 1;
      this.#answer(response);
    });
  }

  close(): Promise<void> {
    return closeServer(this.#server);
  }

  #answer(response: ServerResponse): void {
    const send = (status: number, text: string, more = {}) =>
      response
        .writeHead(status, { ...CORS, "content-type": "application/json", ...more })
        .end(text);
    switch (this.#conduct) {
      case "hang":
      case "down":
        return;
      case "429":
        send(429, "", { "retry-after": "5", "access-control-expose-headers": "Retry-After" });
        return;
      case "410":
        send(410, "");
        return;
      case "garbage":
        send(200, "<html>not json</html>");
        return;
      case "ttl-0":
        send(200, manifest({ ttlSeconds: 0, order: ["A", "B"] }));
        return;
      case "single":
        send(200, manifest({ ttlSeconds: TTL_SECONDS, order: ["A"] }));
        return;
      case "well":
        send(200, manifest({ ttlSeconds: TTL_SECONDS, order: ["A", "B"] }));
    }
  }
}

function manifest({ ttlSeconds, order }: { ttlSeconds: number; order: readonly string[] }): string {
  return JSON.stringify({ VERSION: 1, TTL: ttlSeconds, "PATHWAY-PRIORITY": order });
}
