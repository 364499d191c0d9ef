/**
 * Where a menu stands beside the button that opened it: below it and flush with its right edge, above
 * it where there is more room, and always within the window. Above are the things that somebody watches
 * while he chooses: upwards it takes half of the window, and scrolls.
 */
export type Box = {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
};
export type Size = Pick<Box, "width" | "height">;

const GAP_PIXELS = 4;
const UPWARDS_SHARE = 0.5;
/** Kept free between the menu and the window's edge. */
const MARGIN_PIXELS = 8;

export type MenuPlace = {
  readonly left: number;
  readonly top: number;
  /** What there is room for; the menu scrolls inside it. */
  readonly maxHeight: number;
};

export function placeMenu(opener: Box, menu: Size, screen: Size): MenuPlace {
  const roomAbove = Math.min(
    opener.top - GAP_PIXELS - MARGIN_PIXELS,
    screen.height * UPWARDS_SHARE,
  );
  const belowAt = opener.top + opener.height + GAP_PIXELS;
  const roomBelow = screen.height - belowAt - MARGIN_PIXELS;
  const isBelow = menu.height <= roomBelow || roomBelow >= roomAbove;
  const maxHeight = Math.max(0, isBelow ? roomBelow : roomAbove);
  const right = opener.left + opener.width;
  return {
    left: Math.max(
      MARGIN_PIXELS,
      Math.min(right - menu.width, screen.width - menu.width - MARGIN_PIXELS),
    ),
    top: isBelow ? belowAt : opener.top - GAP_PIXELS - Math.min(menu.height, maxHeight),
    maxHeight,
  };
}
