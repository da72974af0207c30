import type { RowGeometry } from "./scroll-position.ts";

/** All rows have one height. */
export function fixedGeometry(rowPx: number): RowGeometry {
  return { fixedPx: rowPx, heightOf: () => rowPx };
}
