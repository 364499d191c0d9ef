/** `GET /vod/<title>/…`: the files of the titles, and nothing that is not in the library's list. */
import type { ServiceApp } from "../../chassis/service-app.ts";
import { UnknownPath, UnknownTitle } from "../errors.ts";
import type { Library } from "../library/read-library.ts";
import { readMediaFile } from "../library/read-media-file.ts";
import { deliver } from "./deliver.ts";

export function addVodRoutes(app: ServiceApp, library: Library): void {
  const titleIds = new Set(library.titles.map(({ id }) => id));

  app.route<{ Params: { "*": string } }>({
    method: ["GET", "HEAD"],
    url: "/vod/*",
    handler: (request, reply) => {
      const path = request.params["*"];
      const [titleId = ""] = path.split("/");
      if (!titleIds.has(titleId)) throw new UnknownTitle(titleId);
      const file = library.files.get(path);
      if (file === undefined) throw new UnknownPath(titleId, path.slice(titleId.length));
      return deliver(request, reply, {
        ...file,
        ...file.kind,
        read: (range) => readMediaFile(file, range),
      });
    },
  });
}
