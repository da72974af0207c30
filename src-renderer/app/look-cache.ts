import { z } from "zod";
import { TIME_ZONES } from "../hooks/formats.ts";
import { LANGUAGES, THEMES } from "../hooks/preferences.ts";

const lookSchema = z.object({
  theme: z.enum(THEMES).catch("system"),
  language: z.enum(LANGUAGES).catch("system"),
  timeZone: z.enum(TIME_ZONES).catch("utc"),
});

/** How this window looked last. */
export type Look = z.infer<typeof lookSchema>;

/** `public/pre-paint.js` reads the same key before the first paint, so that a dark window does not flash white. */
const KEY = "kubemate.look";

export const DEFAULT_LOOK: Look = { theme: "system", language: "system", timeZone: "utc" };

export function readLook(storage: Pick<Storage, "getItem">): Look {
  try {
    return lookSchema.parse(JSON.parse(storage.getItem(KEY) ?? "{}"));
  } catch {
    // Nothing kept, or not ours: the defaults are as good.
    return DEFAULT_LOOK;
  }
}

export function keepLook(storage: Pick<Storage, "setItem">, look: Look): void {
  try {
    storage.setItem(KEY, JSON.stringify(look));
  } catch {
    // A full or forbidden storage costs a flash at the next start, nothing else.
  }
}
