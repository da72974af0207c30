import i18next, { type i18n } from "i18next";
import { CATALOGUE, localeFor, type Locale } from "../../src-shared/i18n/catalogue.ts";
import type { WireError } from "../../src-shared/errors/wire-error.ts";

/** Sentences for a terminal, from the same catalogues as the window's. */
export interface CliText {
  sentence(key: string, params?: Readonly<Record<string, string | number>>): string;
  error(error: WireError): string;
}

/** The language of the terminal: `LC_ALL`, `LC_MESSAGES`, `LANG`, as every program on it reads them. */
export function terminalLocale(environment: Readonly<Record<string, string | undefined>>): Locale {
  const tag = environment["LC_ALL"] ?? environment["LC_MESSAGES"] ?? environment["LANG"] ?? "en";
  return localeFor(tag);
}

export async function createCliText(locale: Locale): Promise<CliText> {
  const instance: i18n = i18next.createInstance();
  await instance.init({
    lng: locale,
    fallbackLng: "en",
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
    resources: Object.fromEntries(
      Object.entries(CATALOGUE).map(([language, translation]) => [language, { translation }]),
    ),
  });
  const sentence = (key: string, params: Readonly<Record<string, string | number>> = {}) =>
    instance.t(key, { ...params });
  return {
    sentence,
    error: ({ code, params, reference }) => {
      const text = sentence(`errors.${code}`, params);
      return reference === undefined ? text : `${text} (${reference})`;
    },
  };
}
