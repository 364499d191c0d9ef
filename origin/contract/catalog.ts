/** What the origin has to watch: `GET /api/catalog` and `GET /api/recommendations`. */
import { type Static, Type } from "typebox";

export const CATALOG_PATH = "/api/catalog";
export const RECOMMENDATIONS_PATH = "/api/recommendations";

export const Title = Type.Object({
  id: Type.String({ pattern: "^[a-z0-9][a-z0-9-]*$" }),
  title: Type.String(),
  synopsis: Type.String(),
  year: Type.Integer(),
  genre: Type.String(),
  rating: Type.Optional(Type.String()),
  durationSeconds: Type.Number({ exclusiveMinimum: 0 }),
  accentColor: Type.String({ pattern: "^#[0-9a-f]{6}$" }),
});
export type Title = Static<typeof Title>;

export const CatalogEntry = Type.Object({
  ...Title.properties,
  poster: Type.String({ description: "path of the picture, 16:9, on the origin" }),
  sources: Type.Array(Type.String(), {
    minItems: 1,
    description:
      "URLs of the multivariant playlist, best first: through steering, then through each appliance, so that a page opens while steering is down",
  }),
  dashSources: Type.Optional(
    Type.Array(Type.String(), {
      minItems: 1,
      description:
        "URLs of the DASH manifest of the same segments, in the same order; absent where the title has none",
    }),
  ),
});
export type CatalogEntry = Static<typeof CatalogEntry>;

/** A live channel: it is watched like a title, by its id, but has no end. */
export const ChannelEntry = Type.Object({
  id: Type.String({
    pattern: "^[a-z0-9][a-z0-9-]*$",
    description: "no title has the same one, so either is watched at `/watch/<id>`",
  }),
  name: Type.String(),
  synopsis: Type.String(),
  accentColor: Type.String({ pattern: "^#[0-9a-f]{6}$" }),
  titleIds: Type.Array(Type.String(), {
    minItems: 1,
    description: "the titles that it shows, one after the other, over and over",
  }),
  poster: Type.String({ description: "path of the picture, 16:9, on the origin" }),
  sources: CatalogEntry.properties.sources,
});
export type ChannelEntry = Static<typeof ChannelEntry>;

export const Catalog = Type.Object({
  titles: Type.Array(CatalogEntry),
  channels: Type.Array(ChannelEntry),
});
export type Catalog = Static<typeof Catalog>;

export const Recommendations = Type.Object({
  rows: Type.Array(Type.Object({ heading: Type.String(), titleIds: Type.Array(Type.String()) })),
});
export type Recommendations = Static<typeof Recommendations>;
