import { CATALOGUE, type Locale } from "../../../../src-shared/i18n/catalogue.ts";

/** Words and figures of a report in one language. Times are UTC: an auditor reads them elsewhere. */
export interface ReportText {
  readonly locale: Locale;
  sentence(key: string, params?: Readonly<Record<string, string | number>>): string;
  /** The sentence of a key that others' code has made, or the key itself. */
  dynamic(key: string, params: Readonly<Record<string, string | number>>, otherwise: string): string;
  number(value: number): string;
  bytes(value: number): string;
  duration(ms: number): string;
  instant(ms: number): string;
}

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

export async function reportText(locale: Locale): Promise<ReportText> {
  const { default: i18next } = await import("i18next");
  const instance = i18next.createInstance();
  await instance.init({
    lng: locale,
    fallbackLng: "en",
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
    resources: Object.fromEntries(Object.entries(CATALOGUE).map(([name, translation]) => [name, { translation }])),
  });
  const numbers = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const unit = (name: string, value: number) =>
    new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay: "short", maximumFractionDigits: 1 }).format(
      value,
    );
  return {
    locale,
    sentence: (key, params = {}) => instance.t(key, { ...params }),
    dynamic: (key, params, otherwise) => (instance.exists(key) ? instance.t(key, { ...params }) : otherwise),
    number: (value) => numbers.format(value),
    bytes: (value) => {
      const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, value)) / 10)));
      const exact = `${numbers.format(value)} B`;
      return power === 0 ? exact : `${numbers.format(value / 1024 ** power)} ${UNITS[power] ?? ""} (${exact})`;
    },
    duration: (ms) => {
      if (ms < 1_000) return unit("millisecond", Math.round(ms));
      if (ms < 60_000) return unit("second", ms / 1_000);
      const minutes = Math.round(ms / 60_000);
      const [days, hours, rest] = [Math.floor(minutes / 1_440), Math.floor((minutes % 1_440) / 60), minutes % 60];
      const parts: [string, number][] = [
        ["day", days],
        ["hour", hours],
        ["minute", rest],
      ];
      return parts
        .filter(([, value]) => value > 0)
        .map(([name, value]) => unit(name, value))
        .join(" ");
    },
    instant: (ms) => {
      const at = new Date(ms);
      return Number.isNaN(at.getTime()) ? "–" : `${at.toISOString().slice(0, 19).replace("T", " ")} UTC`;
    },
  };
}
