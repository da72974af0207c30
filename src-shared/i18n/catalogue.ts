import enApp from "./en/app.json" with { type: "json" };
import enArchive from "./en/archive.json" with { type: "json" };
import enArchives from "./en/archives.json" with { type: "json" };
import enBuckets from "./en/buckets.json" with { type: "json" };
import enCardinality from "./en/cardinality.json" with { type: "json" };
import enExports from "./en/exports.json" with { type: "json" };
import enExplore from "./en/explore.json" with { type: "json" };
import enHealth from "./en/health.json" with { type: "json" };
import enIdentity from "./en/identity.json" with { type: "json" };
import enLab from "./en/lab.json" with { type: "json" };
import enLimits from "./en/limits.json" with { type: "json" };
import enLogs from "./en/logs.json" with { type: "json" };
import enLoki from "./en/loki.json" with { type: "json" };
import enOperations from "./en/operations.json" with { type: "json" };
import enRecovery from "./en/recovery.json" with { type: "json" };
import enRpc from "./en/rpc.json" with { type: "json" };
import enSites from "./en/sites.json" with { type: "json" };
import enSpine from "./en/spine.json" with { type: "json" };
import enStorage from "./en/storage.json" with { type: "json" };
import enTenants from "./en/tenants.json" with { type: "json" };
import enUsage from "./en/usage.json" with { type: "json" };
import zhApp from "./zh-CN/app.json" with { type: "json" };
import zhArchive from "./zh-CN/archive.json" with { type: "json" };
import zhArchives from "./zh-CN/archives.json" with { type: "json" };
import zhBuckets from "./zh-CN/buckets.json" with { type: "json" };
import zhCardinality from "./zh-CN/cardinality.json" with { type: "json" };
import zhExports from "./zh-CN/exports.json" with { type: "json" };
import zhExplore from "./zh-CN/explore.json" with { type: "json" };
import zhHealth from "./zh-CN/health.json" with { type: "json" };
import zhIdentity from "./zh-CN/identity.json" with { type: "json" };
import zhLab from "./zh-CN/lab.json" with { type: "json" };
import zhLimits from "./zh-CN/limits.json" with { type: "json" };
import zhLogs from "./zh-CN/logs.json" with { type: "json" };
import zhLoki from "./zh-CN/loki.json" with { type: "json" };
import zhOperations from "./zh-CN/operations.json" with { type: "json" };
import zhRecovery from "./zh-CN/recovery.json" with { type: "json" };
import zhRpc from "./zh-CN/rpc.json" with { type: "json" };
import zhSites from "./zh-CN/sites.json" with { type: "json" };
import zhSpine from "./zh-CN/spine.json" with { type: "json" };
import zhStorage from "./zh-CN/storage.json" with { type: "json" };
import zhTenants from "./zh-CN/tenants.json" with { type: "json" };
import zhUsage from "./zh-CN/usage.json" with { type: "json" };

export const LOCALES = ["en", "zh-CN"] as const;
export type Locale = (typeof LOCALES)[number];

/** Flat keys (`errors.sites.unknown`), placeholders `{{name}}`, plurals by i18next's suffixes. One file a domain. */
const en = {
  ...enApp,
  ...enArchive,
  ...enArchives,
  ...enBuckets,
  ...enCardinality,
  ...enExports,
  ...enExplore,
  ...enHealth,
  ...enIdentity,
  ...enLab,
  ...enLimits,
  ...enLogs,
  ...enLoki,
  ...enOperations,
  ...enRecovery,
  ...enRpc,
  ...enSites,
  ...enSpine,
  ...enStorage,
  ...enTenants,
  ...enUsage,
};

type WithoutPlural<Key extends string> = Key extends `${infer Stem}_one` | `${infer Stem}_other` ? Stem : Key;

/** Every text there is, by the English files; a plural is named without its suffix. */
export type MessageKey = WithoutPlural<keyof typeof en>;

const zhCN: Readonly<Record<string, string>> = {
  ...zhApp,
  ...zhArchive,
  ...zhArchives,
  ...zhBuckets,
  ...zhCardinality,
  ...zhExports,
  ...zhExplore,
  ...zhHealth,
  ...zhIdentity,
  ...zhLab,
  ...zhLimits,
  ...zhLogs,
  ...zhLoki,
  ...zhOperations,
  ...zhRecovery,
  ...zhRpc,
  ...zhSites,
  ...zhSpine,
  ...zhStorage,
  ...zhTenants,
  ...zhUsage,
};

export const CATALOGUE: Readonly<Record<Locale, Readonly<Record<string, string>>>> = { en, "zh-CN": zhCN };

/** The nearest locale that there is a translation for. */
export function localeFor(languageTag: string): Locale {
  return languageTag.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
}
