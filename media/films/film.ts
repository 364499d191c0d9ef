/**
 * What a film is: facts for the catalogue, shots painted frame by frame, and its lettering.
 *
 * A shot is a pure function of the time since its own beginning: the same second gives the same
 * picture, so a film can be remade bit by bit and any frame can be looked at alone.
 */
export type Brush = OffscreenCanvasRenderingContext2D;

/** Paints one whole frame; `seconds` counts from the start of the shot. */
export type PaintShot = (brush: Brush, seconds: number) => void;

export type Shot = {
  readonly name: string;
  readonly seconds: number;
  /** Paints once what does not change (buildings, mountains), and returns the painter of frames. */
  readonly prepare: () => PaintShot;
};

export type Film = {
  readonly id: string;
  readonly title: string;
  readonly synopsis: string;
  readonly year: number;
  readonly genre: string;
  readonly rating: string;
  readonly accentColor: string;
  readonly shots: readonly Shot[];
  /** The title set in type on a transparent frame, for the poster and for the opening of the film. */
  readonly paintLettering: (brush: Brush) => void;
  readonly poster: { readonly shot: string; readonly seconds: number };
};

export const frameWidth = 960;
export const frameHeight = 540;
export const framesPerSecond = 24;

export function filmSeconds(film: Film): number {
  return film.shots.reduce((sum, shot) => sum + shot.seconds, 0);
}
