import { useColorScheme } from "@mantine/hooks";
import type { i18n } from "i18next";
import { useCallback, useEffect, useMemo, useState, type ReactElement, type ReactNode } from "react";
import type { Setting } from "../../src-shared/api/settings.api.ts";
import { localeFor } from "../../src-shared/i18n/catalogue.ts";
import { createFormats } from "../hooks/formats.ts";
import { PreferencesContext, type Preferences } from "../hooks/preferences.ts";
import { keepLook, readLook, type Look } from "./look-cache.ts";

const KEYS = {
  theme: "appearance.theme",
  language: "appearance.language",
  timeZone: "appearance.timeZone",
} as const;

/** What the settings say about the look; what they do not say, or say in words unknown here, stays as it is. */
export function lookFromSettings(settings: readonly Setting[], look: Look): Look {
  const valueOf = (name: keyof Look): unknown => settings.find((setting) => setting.key === KEYS[name])?.value;
  const text = JSON.stringify({
    theme: valueOf("theme") ?? look.theme,
    language: valueOf("language") ?? look.language,
    timeZone: valueOf("timeZone") ?? look.timeZone,
  });
  return readLook({ getItem: () => text });
}

interface PreferencesProviderProps {
  readonly translator: i18n;
  /** The core's settings, once they are known. */
  readonly settings: readonly Setting[] | undefined;
  /** Keeps a choice as a setting; absent where this person may not: it then holds for this window. */
  readonly onStore?: ((key: string, value: string) => void) | undefined;
  readonly children: ReactNode;
}

/** Theme, language and time zone: from the last time, then from the core, and at once when a person changes them. */
export function PreferencesProvider({
  translator,
  settings,
  onStore,
  children,
}: PreferencesProviderProps): ReactElement {
  const [look, setLook] = useState(() => readLook(window.localStorage));
  const system = useColorScheme("dark", { getInitialValueInEffect: false });

  const [seen, setSeen] = useState<readonly Setting[] | undefined>(undefined);
  if (settings !== seen) {
    setSeen(settings);
    // Without the right to change them, the settings are where this window starts, not what it must stay with.
    if (settings !== undefined && (onStore !== undefined || seen === undefined))
      setLook(lookFromSettings(settings, look));
  }

  const locale = look.language === "system" ? localeFor(navigator.language) : look.language;
  const colorScheme = look.theme === "system" ? system : look.theme;

  useEffect(() => keepLook(window.localStorage, look), [look]);
  useEffect(() => {
    document.documentElement.lang = locale;
    void translator.changeLanguage(locale);
  }, [translator, locale]);

  const change = useCallback(
    <Name extends keyof Look>(name: Name, value: Look[Name]): void => {
      setLook((before) => ({ ...before, [name]: value }));
      onStore?.(KEYS[name], value);
    },
    [onStore],
  );
  const formats = useMemo(() => createFormats(locale, look.timeZone), [locale, look.timeZone]);
  const preferences = useMemo<Preferences>(
    () => ({
      ...look,
      colorScheme,
      locale,
      formats,
      setTheme: (theme) => change("theme", theme),
      setLanguage: (language) => change("language", language),
      setTimeZone: (timeZone) => change("timeZone", timeZone),
    }),
    [look, colorScheme, locale, formats, change],
  );
  return <PreferencesContext value={preferences}>{children}</PreferencesContext>;
}
