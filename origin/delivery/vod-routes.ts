/**
 * `GET /vod/<title>/…`: the files of the titles, the DASH manifests made of them, and nothing that is
 * in neither list.
 */
import type { ServiceApp } from "../../chassis/service-app.ts";
import { DASH_KIND } from "../core/media-kind.ts";
import { UnknownPath, UnknownTitle } from "../errors.ts";
import type { DashManifests } from "../library/make-dash-manifests.ts";
import type { MediaFile } from "../library/media-file.ts";
import type { Library } from "../library/read-library.ts";
import { readMediaFile } from "../library/read-media-file.ts";
import { type Deliverable, deliver } from "./deliver.ts";
import { inMemory } from "./in-memory.ts";

export function addVodRoutes(app: ServiceApp, library: Library, manifests: DashManifests): void {
  const titleIds = new Set(library.titles.map(({ id }) => id));
  const made = new Map(Array.from(manifests, ([path, text]) => [path, inMemory(text, DASH_KIND)]));

  app.route<{ Params: { "*": string } }>({
    method: ["GET", "HEAD"],
    url: "/vod/*",
    handler: (request, reply) => {
      const path = request.params["*"];
      const [titleId = ""] = path.split("/");
      if (!titleIds.has(titleId)) throw new UnknownTitle(titleId);
      const file = library.files.get(path);
      const stored = file === undefined ? made.get(path) : fromFile(file);
      if (stored === undefined) throw new UnknownPath(titleId, path.slice(titleId.length));
      return deliver(request, reply, stored);
    },
  });
}

function fromFile(file: MediaFile): Deliverable {
  return { ...file, ...file.kind, read: (range) => readMediaFile(file, range) };
}
