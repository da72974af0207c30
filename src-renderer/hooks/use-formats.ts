import type { Formats } from "./formats.ts";
import { usePreferences } from "./preferences.ts";

/** The formats of the chosen language and time zone. */
export function useFormats(): Formats {
  return usePreferences().formats;
}
