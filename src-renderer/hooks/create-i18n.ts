import { createInstance, type i18n } from "i18next";
import { initReactI18next } from "react-i18next";
import { CATALOGUE, LOCALES, type Locale } from "../../src-shared/i18n/catalogue.ts";

/**
 * The window's translator, ready when this returns: texts are in the bundle, nothing is loaded. Keys are flat, so neither
 * points nor colons in them mean anything. React escapes what is inserted, so i18next must not do it a second time.
 */
export function createI18n(locale: Locale): i18n {
  const instance = createInstance();
  instance.use(initReactI18next);
  void instance.init({
    lng: locale,
    fallbackLng: "en",
    supportedLngs: [...LOCALES],
    resources: Object.fromEntries(LOCALES.map((name) => [name, { translation: CATALOGUE[name] }])),
    keySeparator: false,
    nsSeparator: false,
    initAsync: false,
    returnNull: false,
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  });
  return instance;
}
