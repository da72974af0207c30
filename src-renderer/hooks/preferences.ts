import { createContext, useContext } from "react";
import type { Locale } from "../../src-shared/i18n/catalogue.ts";
import type { Formats, TimeZoneChoice } from "./formats.ts";

export const THEMES = ["system", "dark", "light"] as const;
export type Theme = (typeof THEMES)[number];
export const LANGUAGES = ["system", "en", "zh-CN"] as const;
export type Language = (typeof LANGUAGES)[number];

/** How the window looks and speaks. They are settings of the core; here is what they come to on this machine. */
export interface Preferences {
  readonly theme: Theme;
  readonly language: Language;
  readonly timeZone: TimeZoneChoice;
  /** What `theme: system` means right now. */
  readonly colorScheme: "dark" | "light";
  /** What `language: system` means here. */
  readonly locale: Locale;
  /** Made once for `locale` and `timeZone`: `Intl` objects are dear to make and free to share. */
  readonly formats: Formats;
  readonly setTheme: (theme: Theme) => void;
  readonly setLanguage: (language: Language) => void;
  readonly setTimeZone: (timeZone: TimeZoneChoice) => void;
}

export const PreferencesContext = createContext<Preferences | null>(null);

export function usePreferences(): Preferences {
  const preferences = useContext(PreferencesContext);
  if (preferences === null) throw new Error("no preferences around this component");
  return preferences;
}
