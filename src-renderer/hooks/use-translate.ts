import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { MessageKey } from "../../src-shared/i18n/catalogue.ts";

export type MessageParams = Readonly<Record<string, string | number>>;

export interface Translate {
  /** The text of a key that the English files hold; `count` chooses the plural. */
  (key: MessageKey, params?: MessageParams): string;
  /**
   * The text of a key that is put together from data (an error code, a setting's name). Where there is none it is
   * `fallback`, or the key itself, so that a missing text shows what is missing.
   */
  dynamic(key: string, params?: MessageParams, fallback?: string): string;
  has(key: string): boolean;
}

/** The translator of the chosen language; a component that uses it is drawn again when the language changes. */
export function useTranslate(): Translate {
  const { t, i18n } = useTranslation();
  return useMemo(() => {
    // Parameters go in as `replace`: an error's parameter named like one of i18next's own options must not steer it.
    const options = (params: MessageParams) => ({
      replace: params,
      ...(typeof params["count"] === "number" ? { count: params["count"] } : {}),
    });
    const has = (key: string): boolean => i18n.exists(key);
    const dynamic = (key: string, params: MessageParams = {}, fallback = key): string =>
      i18n.exists(key, options(params)) ? t(key, options(params)) : fallback;
    return Object.assign((key: MessageKey, params: MessageParams = {}): string => t(key, options(params)), {
      dynamic,
      has,
    });
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- `t` is a new function whenever the language changes
  }, [t, i18n]);
}
