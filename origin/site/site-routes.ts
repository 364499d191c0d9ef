/**
 * Serves the built site: `/` and `/watch/<title>` are one page, which reads its address itself. It is
 * also what is shown, with 404, where nothing is: a browser at any address, everybody at that of a title
 * which the catalogue does not have.
 *
 * The folder may be built after the start; until then the page says in one sentence how.
 */
import { access, realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import fastifyHelmet from "@fastify/helmet";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { UnknownAddress } from "../errors.ts";
import { contentSecurity } from "./content-security.ts";

export type SiteOptions = {
  /** Absolute. */
  readonly folder: string;
  readonly neighbours: readonly string[];
  /** Whether the catalogue has a title or a channel of this id. */
  readonly isWatchable: (id: string) => boolean;
};

type WatchRoute = { readonly Params: { readonly title: string } };

const PAGE = "index.html";
/** The route under which `fastifyStatic` answers whatever has no route of its own. */
const ANY_FILE = "/*";
const NOT_BUILT = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Understudy</title>
<p>The site is not built yet: run <code>npm run build:site</code>, then load this page again.</p>
</html>
`;

export async function siteRoutes(
  app: FastifyInstance,
  { folder, neighbours, isWatchable }: SiteOptions,
) {
  await app.register(fastifyHelmet, {
    contentSecurityPolicy: { useDefaults: false, directives: contentSecurity(neighbours) },
    crossOriginResourcePolicy: { policy: "cross-origin" },
    // Over plain HTTP a browser ignores it; behind TLS it is for whoever ends the TLS to say.
    strictTransportSecurity: false,
  });
  await app.register(fastifyStatic, {
    root: folder,
    dotfiles: "ignore",
    index: false,
    allowedPath: (path) => !path.endsWith("/"),
    cacheControl: false,
    onFile: (path: string) => refuseOutside(folder, path),
    setHeaders: (reply, path) => {
      // Vite puts a hash of the content into every name below `assets`.
      const hashed = path.includes(`${sep}assets${sep}`);
      reply.header("cache-control", hashed ? "public, max-age=31536000, immutable" : "no-cache");
    },
  });

  const sendPage = async (_: FastifyRequest, reply: FastifyReply) => {
    if (await exists(join(folder, PAGE))) return reply.sendFile(PAGE, folder);
    return reply.code(503).header("cache-control", "no-store").type("text/html").send(NOT_BUILT);
  };
  app.get("/", sendPage);
  const sendWatchPage = (request: FastifyRequest<WatchRoute>, reply: FastifyReply) =>
    sendPage(request, isWatchable(request.params.title) ? reply : reply.code(404));
  app.get("/watch/:title", sendWatchPage);
  app.get("/watch/:title/", sendWatchPage);
  // Whoever mistypes an address in a browser is told in the site's own words, and shown the way home.
  app.addHook("preHandler", async (request, reply) => {
    if (request.routeOptions.url !== ANY_FILE || !wantsPage(request)) return;
    return sendPage(request, reply.code(404).header("vary", "Accept"));
  });
}

/** A browser asks for a page, whose address has no ending: a file that is missing stays a problem. */
function wantsPage({ headers, url }: FastifyRequest): boolean {
  const [path = ""] = url.split("?");
  return headers.accept?.includes("text/html") === true && !/\.[^/]*$/.test(path);
}

/** A symbolic link in the folder must not lead out of it. */
async function refuseOutside(folder: string, path: string): Promise<void> {
  const root = await realpath(folder);
  if (!(await realpath(path)).startsWith(`${root}${sep}`)) throw new UnknownAddress();
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
