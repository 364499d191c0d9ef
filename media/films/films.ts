/** The programme: every film that is made, in the order of the catalogue. */
import { evening } from "./evening/film-evening.ts";
import type { Film } from "./film.ts";
import { keeper } from "./keeper/film-keeper.ts";
import { tram } from "./tram/film-tram.ts";
import { whale } from "./whale/film-whale.ts";

export const films: readonly Film[] = [keeper, evening, tram, whale];
