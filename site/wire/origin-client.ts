/** What the pages ask the origin that serves them. */
import {
  CATALOG_PATH,
  Catalog,
  RECOMMENDATIONS_PATH,
  Recommendations,
} from "../../origin/contract/catalog.ts";
import { NEIGHBOURS_PATH, Neighbours } from "../../origin/contract/neighbours.ts";
import { fetchChecked } from "./fetch-checked.ts";

const CATALOG_TIMEOUT_MS = 5_000;
/** Rows in a good order are not worth waiting for. */
const RECOMMENDATIONS_TIMEOUT_MS = 1_500;

export function fetchCatalog() {
  return fetchChecked(Catalog, { url: CATALOG_PATH, timeoutMs: CATALOG_TIMEOUT_MS });
}

export function fetchRecommendations() {
  return fetchChecked(Recommendations, {
    url: RECOMMENDATIONS_PATH,
    timeoutMs: RECOMMENDATIONS_TIMEOUT_MS,
  });
}

export function fetchNeighbours() {
  return fetchChecked(Neighbours, { url: NEIGHBOURS_PATH, timeoutMs: CATALOG_TIMEOUT_MS });
}
