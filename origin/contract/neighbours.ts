/** `GET /api/neighbours`: where a page of the site finds the services beside the origin. */
import { type Static, Type } from "typebox";

export const NEIGHBOURS_PATH = "/api/neighbours";

export const Neighbours = Type.Object({
  steering: Type.Union([Type.String(), Type.Null()], { description: "base URL" }),
  fleet: Type.Union([Type.String(), Type.Null()], {
    description: "base URL of the control API; null where no fleet supervises the services",
  }),
  edges: Type.Array(Type.String(), { description: "base URLs of the appliances that viewers use" }),
});
export type Neighbours = Static<typeof Neighbours>;
