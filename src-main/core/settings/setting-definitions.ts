/**
 * The one table of settings. The settings page, `kubemate settings`, the command line's help and the reference in
 * `resources/settings.md` are made from it. A new setting needs a reason why a good default will not do.
 */
export const SETTING_DEFINITIONS = {
  "appearance.theme": { kind: "choice", choices: ["system", "dark", "light"], default: "system", group: "appearance" },
  "appearance.language": { kind: "choice", choices: ["system", "en", "zh-CN"], default: "system", group: "appearance" },
  "appearance.timeZone": { kind: "choice", choices: ["utc", "local"], default: "utc", group: "appearance" },
  "logs.defaultLimit": { kind: "number", min: 100, max: 10_000_000, default: 100_000, group: "logs" },
  "logs.warnBytes": { kind: "bytes", min: 0, max: 2 ** 50, default: 20 * 2 ** 30, group: "logs" },
  "logs.warnRangeHours": { kind: "number", min: 1, max: 24 * 366, default: 24 * 7, group: "logs" },
  "logs.cacheEnabled": { kind: "boolean", default: true, group: "logs" },
  "logs.cacheMaxBytes": { kind: "bytes", min: 0, max: 2 ** 40, default: 256 * 2 ** 20, group: "logs" },
  "logs.memoryMaxBytes": { kind: "bytes", min: 16 * 2 ** 20, max: 2 ** 36, default: 192 * 2 ** 20, group: "logs" },
  "logs.parallelRequests": { kind: "number", min: 1, max: 32, default: 4, group: "logs" },
  "logs.requestTimeoutSeconds": { kind: "number", min: 1, max: 3_600, default: 300, group: "logs" },
  "archives.unpackMaxBytes": { kind: "bytes", min: 2 ** 20, max: 2 ** 50, default: 64 * 2 ** 30, group: "archives" },
  "archives.folders": { kind: "string", default: "", group: "archives" },
  "sites.pluginTimeoutSeconds": { kind: "number", min: 1, max: 600, default: 30, group: "sites" },
  "sites.connectTimeoutSeconds": { kind: "number", min: 1, max: 120, default: 10, group: "sites" },
  "health.intervalSeconds": { kind: "number", min: 5, max: 300, default: 15, group: "health" },
  "health.concurrency": { kind: "number", min: 1, max: 256, default: 32, group: "health" },
  "health.historyHours": { kind: "number", min: 1, max: 48, default: 6, group: "health", restart: true },
  "health.watchOnStart": { kind: "boolean", default: false, group: "health", restart: true },
  "tenants.ledger": { kind: "string", default: "", group: "tenants" },
  "tenants.costDays": { kind: "number", min: 1, max: 3_660, default: 30, group: "tenants" },
  "tenants.sumMonths": { kind: "number", min: 1, max: 240, default: 24, group: "tenants" },
  "tenants.collectMinutes": { kind: "number", min: 0, max: 1_440, default: 5, group: "tenants" },
  "tenants.lokiLogsTenant": { kind: "string", default: "", group: "tenants" },
  "tenants.currency": { kind: "string", default: "", group: "tenants" },
  "tenants.pricePerTbScanned": { kind: "number", min: 0, max: 1_000_000_000, default: 0, group: "tenants" },
  "tenants.pricePerGbStoredMonth": { kind: "number", min: 0, max: 1_000_000_000, default: 0, group: "tenants" },
  "storage.drillStaleDays": { kind: "number", min: 1, max: 3_660, default: 90, group: "storage" },
  "storage.keptScans": { kind: "number", min: 2, max: 1_000, default: 30, group: "storage" },
  "safety.readOnly": { kind: "boolean", default: false, group: "safety" },
  "safety.role": {
    kind: "choice",
    choices: ["viewer", "operator", "admin", "auditor"],
    default: "admin",
    group: "safety",
    restart: true,
  },
  "diagnostics.logLevel": {
    kind: "choice",
    choices: ["debug", "info", "warn", "error"],
    default: "info",
    group: "diagnostics",
  },
} as const satisfies Readonly<Record<string, SettingDefinition>>;

/** Sizes are bytes, numbers are of the unit in the key. */
export type SettingDefinition =
  | { readonly kind: "boolean"; readonly default: boolean; readonly group: string; readonly restart?: boolean }
  | { readonly kind: "string"; readonly default: string; readonly group: string; readonly restart?: boolean }
  | {
      readonly kind: "choice";
      readonly choices: readonly string[];
      readonly default: string;
      readonly group: string;
      readonly restart?: boolean;
    }
  | {
      readonly kind: "number" | "bytes" | "duration";
      readonly min: number;
      readonly max: number;
      readonly default: number;
      readonly group: string;
      readonly restart?: boolean;
    };

export type SettingKey = keyof typeof SETTING_DEFINITIONS;

type ValueOf<Definition> = Definition extends { readonly kind: "boolean" }
  ? boolean
  : Definition extends { readonly choices: readonly (infer Choice)[] }
    ? Choice
    : Definition extends { readonly kind: "string" }
      ? string
      : number;

export type SettingValue<Key extends SettingKey> = ValueOf<(typeof SETTING_DEFINITIONS)[Key]>;
