import { z } from "zod";
import type { JsonFileFormat } from "../core/common/json-file.ts";
import type { Rectangle } from "./electron-surface.ts";

const windowStateSchema = z.object({
  bounds: z.object({
    x: z.number().int(),
    y: z.number().int(),
    width: z.number().int().positive(),
    height: z.number().int().positive(),
  }),
  maximized: z.boolean(),
});
export type WindowState = z.infer<typeof windowStateSchema>;

/** `window.json` of the profile. */
export const WINDOW_STATE_FORMAT: JsonFileFormat<WindowState | null> = {
  schema: windowStateSchema.nullable(),
  version: 1,
  migrations: [],
  empty: null,
};

export const MIN_WINDOW = { width: 900, height: 560 };
const DEFAULT_WINDOW = { width: 1_440, height: 900 };
/** So much of a window must be on a display that a person can take hold of it; pixels. */
const GRIP = { width: 160, height: 80 };

/** Where a window goes. Without `x` and `y` the system centres it. */
export interface Placement {
  readonly width: number;
  readonly height: number;
  readonly x?: number;
  readonly y?: number;
  readonly maximized: boolean;
}

/**
 * The kept place if a display still shows enough of the window there; else the kept size, or the default one, on the first
 * display. No window is larger than its display.
 */
export function placeWindow(kept: WindowState | null, workAreas: readonly Rectangle[]): Placement {
  const maximized = kept?.maximized ?? false;
  const wanted = kept?.bounds ?? DEFAULT_WINDOW;
  if (kept !== null) {
    const { x, y } = kept.bounds;
    for (const area of workAreas) {
      const size = fitting(wanted, area);
      if (showsGrip({ x, y, ...size }, area)) return { x, y, ...size, maximized };
    }
  }
  return { ...fitting(wanted, workAreas[0] ?? DEFAULT_WINDOW), maximized };
}

type Size = Pick<Rectangle, "width" | "height">;

function fitting(wanted: Size, room: Size): Size {
  return {
    width: Math.min(room.width, Math.max(MIN_WINDOW.width, wanted.width)),
    height: Math.min(room.height, Math.max(MIN_WINDOW.height, wanted.height)),
  };
}

/** Enough of the window's upper edge, where its title is, lies on the display. */
function showsGrip(bounds: Rectangle, area: Rectangle): boolean {
  const width = Math.min(bounds.x + bounds.width, area.x + area.width) - Math.max(bounds.x, area.x);
  const top = Math.max(bounds.y, area.y);
  const height = Math.min(bounds.y + bounds.height, area.y + area.height) - top;
  return width >= GRIP.width && height >= GRIP.height && bounds.y >= area.y;
}
