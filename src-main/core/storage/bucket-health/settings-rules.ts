import type { BucketFinding } from "../../../../src-shared/model/storage/bucket-health.ts";
import { evidence, type BucketHealthFacts, type BucketRule } from "./bucket-facts.ts";
import type { LifecycleRule } from "./bucket-settings.ts";
import { needsUnder, overlaps, rulesOfLoki, shortestRetention, type NeededRetention } from "./lifecycle-reach.ts";

type Finding = Omit<BucketFinding, "rule">;

const SECONDS_PER_DAY = 86_400;

/** Whether a setting was read, be it that there is none. */
function isRead({ state }: { readonly state: string }): boolean {
  return state === "told" || state === "absent";
}

const hasVersions = ({ settings: { versioning } }: BucketHealthFacts) =>
  versioning.state === "told" && versioning.value !== "off";

const touchesLoki = ({ storagePrefix }: BucketHealthFacts, { prefix }: LifecycleRule) =>
  overlaps(prefix, storagePrefix);

/** Whether a lifecycle rule holds for everything that Loki writes into the bucket. */
const coversLoki = ({ storagePrefix }: BucketHealthFacts, rule: LifecycleRule) =>
  storagePrefix.startsWith(rule.prefix) && rule.largerThanBytes === null && rule.smallerThanBytes === null;

/** Rules over what a bucket says of itself. */
export const SETTINGS_RULES: readonly BucketRule[] = [
  {
    id: "lifecycle-shorter-than-retention",
    isAble: ({ settings, retention }) => isRead(settings.lifecycle) && retention !== null,
    find: (facts) =>
      rulesOfLoki(facts.settings.lifecycle).flatMap((rule) => {
        const { expirationDays, prefix } = rule;
        if (facts.retention === null || expirationDays === null) return [];
        const needed = needsUnder(prefix, facts.retention, facts).find(
          ({ seconds }) => seconds === null || expirationDays * SECONDS_PER_DAY < seconds,
        );
        if (needed === undefined) return [];
        return [tooSoon(rule, expirationDays, needed)];
      }),
  },
  {
    id: "lifecycle-expires-on-date",
    isAble: ({ settings }) => isRead(settings.lifecycle),
    find: (facts) =>
      rulesOfLoki(facts.settings.lifecycle).flatMap((rule): readonly Finding[] => {
        if (rule.expirationDateMs === null || !touchesLoki(facts, rule)) return [];
        const date = new Date(rule.expirationDateMs).toISOString();
        return [
          {
            severity: "critical",
            where: ruleName(rule),
            params: { date },
            evidence: [evidence("prefix", rule.prefix), evidence("expiration.date", date)],
          },
        ];
      }),
  },
  {
    id: "noncurrent-shorter-than-recovery",
    isAble: ({ settings }) => isRead(settings.lifecycle) && settings.versioning.state === "told",
    find: (facts) =>
      rulesOfLoki(facts.settings.lifecycle).flatMap((rule): readonly Finding[] => {
        if (!hasVersions(facts) || rule.noncurrentDays === null || !touchesLoki(facts, rule)) return [];
        if (rule.noncurrentDays >= facts.recoveryWindowDays) return [];
        return [
          {
            severity: "warning",
            where: ruleName(rule),
            params: { days: rule.noncurrentDays, recoveryDays: facts.recoveryWindowDays },
            evidence: [
              evidence("prefix", rule.prefix),
              evidence("noncurrent-version-expiration.days", rule.noncurrentDays),
              evidence("noncurrent-version-expiration.kept", rule.noncurrentKept ?? 0),
            ],
          },
        ];
      }),
  },
  {
    id: "versions-never-expire",
    isAble: ({ settings }) => isRead(settings.lifecycle) && settings.versioning.state === "told",
    find: (facts) => {
      const ends = rulesOfLoki(facts.settings.lifecycle).some(
        (rule) => rule.noncurrentDays !== null && coversLoki(facts, rule),
      );
      if (!hasVersions(facts) || ends) return [];
      return [
        {
          severity: "info",
          where: facts.bucket,
          params: {},
          evidence: [evidence("versioning", versioningWord(facts))],
        },
      ];
    },
  },
  {
    id: "versioning-off",
    isAble: ({ settings }) => settings.versioning.state === "told" || settings.versioning.state === "unsupported",
    find: (facts) => {
      const { state } = facts.settings.versioning;
      if (state !== "unsupported" && versioningWord(facts) !== "off") return [];
      return [
        {
          severity: "warning",
          where: facts.bucket,
          params: {},
          evidence: [evidence("versioning", state === "told" ? versioningWord(facts) : state)],
        },
      ];
    },
  },
  {
    id: "versioning-suspended",
    isAble: ({ settings }) => settings.versioning.state === "told",
    find: (facts) =>
      versioningWord(facts) === "suspended"
        ? [
            {
              severity: "warning",
              where: facts.bucket,
              params: {},
              evidence: [evidence("versioning", versioningWord(facts))],
            },
          ]
        : [],
  },
  {
    id: "object-lock-outlasts-retention",
    isAble: ({ settings, retention }) =>
      retention !== null && (isRead(settings.objectLock) || settings.objectLock.state === "unsupported"),
    find: ({ bucket, settings: { objectLock }, retention }) => {
      const shortest = retention === null ? null : shortestRetention(retention);
      if (objectLock.state !== "told" || shortest === null) return [];
      const { mode, days } = objectLock.value;
      // A shorter lock has ended when the compactor deletes.
      if (mode === null || days === null || days * SECONDS_PER_DAY <= shortest) return [];
      return [
        {
          // The compactor's delete succeeds by a marker, and the bytes stay until the lock ends.
          severity: "warning",
          where: bucket,
          params: { mode, days, retentionDays: inDays(shortest) },
          evidence: [evidence("object-lock.mode", mode), evidence("object-lock.days", days)],
        },
      ];
    },
  },
  {
    id: "abort-multipart-missing",
    isAble: ({ settings }) => isRead(settings.lifecycle),
    find: (facts) => {
      // MinIO removes stale uploads by itself, after a day unless `api stale_uploads_expiry` says otherwise.
      if (facts.health?.probes.live.state === "ok") return [];
      const aborts = rulesOfLoki(facts.settings.lifecycle).some(
        (rule) => rule.abortMultipartDays !== null && facts.storagePrefix.startsWith(rule.prefix),
      );
      if (aborts) return [];
      return [
        {
          severity: "info",
          where: facts.bucket,
          params: {},
          evidence: [evidence("lifecycle", facts.settings.lifecycle.state)],
        },
      ];
    },
  },
];

function tooSoon(rule: LifecycleRule, days: number, needed: NeededRetention): Finding {
  return {
    severity: needed.certain ? "critical" : "warning",
    where: ruleName(rule),
    params: {
      days,
      // 0 as in Loki: for ever.
      retentionDays: needed.seconds === null ? 0 : inDays(needed.seconds),
      tenant: needed.tenant ?? "",
    },
    evidence: [
      evidence("prefix", rule.prefix),
      evidence("expiration.days", days),
      evidence("retention.seconds", needed.seconds ?? 0),
      ...(needed.selector === null ? [] : [evidence("retention_stream.selector", needed.selector)]),
      ...(rule.largerThanBytes === null ? [] : [evidence("larger-than.bytes", rule.largerThanBytes)]),
      ...(rule.smallerThanBytes === null ? [] : [evidence("smaller-than.bytes", rule.smallerThanBytes)]),
    ],
  };
}

function ruleName({ id, prefix }: LifecycleRule): string {
  return (id === "" ? prefix : id).slice(0, 300);
}

function versioningWord({ settings }: BucketHealthFacts): string {
  return settings.versioning.state === "told" ? settings.versioning.value : settings.versioning.state;
}

function inDays(seconds: number): number {
  return Math.round((seconds / SECONDS_PER_DAY) * 100) / 100;
}
