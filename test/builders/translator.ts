import { CATALOGUE, type Locale } from "../../src-shared/i18n/catalogue.ts";
import { createI18n } from "../../src-renderer/hooks/create-i18n.ts";
import { createFormats, type Formats } from "../../src-renderer/hooks/formats.ts";
import type { MessageParams, Translate } from "../../src-renderer/hooks/use-translate.ts";

export interface Translator {
  readonly t: Translate;
  readonly formats: Formats;
}

/** The window's translator and formats without a window: for functions that are given them. Times are UTC. */
export function translatorOf(locale: Locale): Translator {
  const i18n = createI18n(locale);
  const options = (params: MessageParams) => ({
    replace: params,
    ...(typeof params["count"] === "number" ? { count: params["count"] } : {}),
  });
  const text = (key: string, params: MessageParams = {}): string => i18n.t(key, options(params));
  const t: Translate = Object.assign(text, {
    dynamic: (key: string, params: MessageParams = {}, fallback = key): string =>
      i18n.exists(key, options(params)) ? text(key, params) : fallback,
    has: (key: string): boolean => CATALOGUE[locale][key] !== undefined,
  });
  return { t, formats: createFormats(locale, "utc") };
}
