import type { AuditRule } from "./audit-rule.ts";
import { configSeconds } from "./config-values.ts";

const SECONDS_PER_DAY = 86_400;

/** Rules over the bucket that chunks and index are in. Its own settings are changed where it is kept, so there is no patch. */
export const BUCKET_RULES: readonly AuditRule[] = [
  {
    id: "bucket-not-versioned",
    severity: "warning",
    needs: ["bucket"],
    find: ({ bucket }) =>
      bucket?.versioning === false ? [{ where: `bucket ${bucket.name}`, present: "false", mend: null }] : [],
  },
  {
    id: "lifecycle-shorter-than-retention",
    severity: "critical",
    needs: ["bucket", "config"],
    paths: ["limits_config.retention_period"],
    find: ({ bucket, config }) => {
      const retention = configSeconds(config, "limits_config.retention_period");
      if (bucket?.expiresAfterDays == null || retention === null) return [];
      // Without a retention Loki keeps for ever, and every expiry is too soon.
      if (retention !== 0 && bucket.expiresAfterDays * SECONDS_PER_DAY >= retention) return [];
      return [
        {
          where: `bucket ${bucket.name}`,
          present: `${bucket.expiresAfterDays}d`,
          params: { retentionDays: Math.floor(retention / SECONDS_PER_DAY) },
          mend: null,
        },
      ];
    },
  },
];
