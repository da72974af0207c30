/**
 * Where a list of rows stands, independent of the height of any element.
 *
 * Chromium draws no element higher than 33,554,428 px, which is 1.7 million rows of 20 px; beyond that a native list ends
 * without a word. So the position is a row and an offset into it, moved exactly by wheel and keys, and the scroll bar is
 * only a picture of it: `scrollTopOf` and `positionOf` translate between both. Positions count in rows, not pixels, so the
 * same arithmetic serves rows of one height and wrapped rows whose heights are known only once they were drawn.
 */

/** The first visible row, and how many pixels of it are above the edge: `0 <= offsetPx < height of the row`. */
export interface ScrollPosition {
  readonly row: number;
  readonly offsetPx: number;
}

/** Heights of rows. `fixedPx` is set where all are equal; then no walk over rows is needed. */
export interface RowGeometry {
  readonly fixedPx: number | null;
  heightOf(row: number): number;
}

export interface ScrollExtent {
  readonly total: number;
  readonly viewportPx: number;
  readonly geometry: RowGeometry;
}

export const START: ScrollPosition = { row: 0, offsetPx: 0 };

/** Well below what Chromium and Firefox draw, and a multiple of the row height. */
export const MAX_INNER_HEIGHT_PX = 15_000_000;

/** The height that the scroll bar stands for: the real one while the browser can draw it. */
export function innerHeight(total: number, averagePx: number, viewportPx: number): number {
  return Math.max(viewportPx, Math.min(MAX_INNER_HEIGHT_PX, Math.ceil(total * averagePx)));
}

/** The position at which the last row ends at the lower edge; the start when all rows fit. */
export function endPosition({ total, viewportPx, geometry }: ScrollExtent): ScrollPosition {
  if (geometry.fixedPx !== null) {
    return positionAtPx(Math.max(0, total * geometry.fixedPx - viewportPx), geometry.fixedPx);
  }
  let row = total;
  let missingPx = viewportPx;
  while (row > 0 && missingPx > 0) {
    row -= 1;
    missingPx -= geometry.heightOf(row);
  }
  return missingPx > 0 ? START : { row, offsetPx: -missingPx };
}

/** Moves by pixels, stopping at both ends. Exact, however large the list is. */
export function movePosition(position: ScrollPosition, deltaPx: number, extent: ScrollExtent): ScrollPosition {
  const { geometry, total } = extent;
  if (geometry.fixedPx !== null) {
    const px = position.row * geometry.fixedPx + position.offsetPx + deltaPx;
    return clampPosition(positionAtPx(Math.max(0, px), geometry.fixedPx), extent);
  }
  let { row } = position;
  let offsetPx = position.offsetPx + deltaPx;
  while (offsetPx < 0 && row > 0) {
    row -= 1;
    offsetPx += geometry.heightOf(row);
  }
  if (offsetPx < 0) return START;
  while (row < total - 1 && offsetPx >= geometry.heightOf(row)) {
    offsetPx -= geometry.heightOf(row);
    row += 1;
  }
  return clampPosition({ row, offsetPx }, extent);
}

/** The position itself, or the end where it lies behind it. */
export function clampPosition(position: ScrollPosition, extent: ScrollExtent): ScrollPosition {
  const end = endPosition(extent);
  return isBefore(position, end) ? position : end;
}

export function isBefore(a: ScrollPosition, b: ScrollPosition): boolean {
  return a.row < b.row || (a.row === b.row && a.offsetPx < b.offsetPx);
}

/** Where the scroll bar stands for a position. `scrollRangePx` is inner height less viewport. */
export function scrollTopOf(position: ScrollPosition, extent: ScrollExtent, scrollRangePx: number): number {
  const end = progressOf(endPosition(extent), extent.geometry);
  if (end <= 0) return 0;
  return Math.min(1, progressOf(position, extent.geometry) / end) * scrollRangePx;
}

/** The position for a place of the scroll bar; its two ends are the list's two ends. */
export function positionOf(scrollTop: number, extent: ScrollExtent, scrollRangePx: number): ScrollPosition {
  const end = endPosition(extent);
  if (scrollRangePx <= 0) return START;
  const share = Math.min(1, Math.max(0, scrollTop / scrollRangePx));
  if (share >= 1) return end;
  const progress = share * progressOf(end, extent.geometry);
  const row = Math.floor(progress);
  return clampPosition({ row, offsetPx: (progress - row) * extent.geometry.heightOf(row) }, extent);
}

/** The position that shows a row, changed no more than needed unless it is to be in the middle. */
export function positionShowing(
  row: number,
  align: "nearest" | "center" | "start",
  position: ScrollPosition,
  extent: ScrollExtent,
): ScrollPosition {
  const top: ScrollPosition = { row, offsetPx: 0 };
  if (align === "start") return clampPosition(top, extent);
  const heightPx = extent.geometry.heightOf(row);
  if (align === "center") {
    return movePosition(top, -Math.max(0, (extent.viewportPx - heightPx) / 2), extent);
  }
  if (isBefore(top, position)) return clampPosition(top, extent);
  const lowest = movePosition(top, heightPx - extent.viewportPx, extent);
  return isBefore(position, lowest) ? lowest : position;
}

function positionAtPx(px: number, rowPx: number): ScrollPosition {
  const row = Math.floor(px / rowPx);
  return { row, offsetPx: px - row * rowPx };
}

function progressOf(position: ScrollPosition, geometry: RowGeometry): number {
  return position.row + position.offsetPx / Math.max(1, geometry.heightOf(position.row));
}
