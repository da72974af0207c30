import type { ReactElement } from "react";
import type { BucketHealth, BucketUsage } from "../../../../src-shared/model/storage/bucket-health.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { Facts } from "../../../components/facts.tsx";
import { Panel } from "../../../components/panel.tsx";
import { EmptyView } from "../../../components/state-views.tsx";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./bucket.module.css";
import { useFigures } from "./use-figures.ts";

const BUCKETS_SHOWN = 8;

/** What waits to be copied to another place, and what failed to be. */
export function ReplicationPanel({ health }: { readonly health: BucketHealth | null }): ReactElement {
  const t = useTranslate();
  const figures = useFigures();
  if (health === null) {
    return (
      <Panel title={t("storage.replication")}>
        <EmptyView small text={t("storage.probes.noneText")} title={t("storage.replication.unknown")} />
      </Panel>
    );
  }
  const { replication, buckets } = health;
  return (
    <Panel title={t("storage.replication")}>
      <div className={styles.stack}>
        <Facts
          facts={[
            {
              label: t("storage.replication.queued"),
              value: figures.number(replication.queuedObjects),
            },
            {
              label: t("storage.replication.queuedBytes"),
              value: figures.bytes(replication.queuedBytes),
            },
            { label: t("storage.replication.offline"), value: figures.number(replication.offlineLinks) },
          ]}
        />
        {buckets.slice(0, BUCKETS_SHOWN).map((bucket) => (
          <BucketLine bucket={bucket} key={bucket.bucket} />
        ))}
        {buckets.length > BUCKETS_SHOWN ? (
          <p className={styles.muted}>{t("storage.replication.more", { count: buckets.length - BUCKETS_SHOWN })}</p>
        ) : null}
      </div>
    </Panel>
  );
}

function BucketLine({ bucket }: { readonly bucket: BucketUsage }): ReactElement {
  const t = useTranslate();
  const figures = useFigures();
  const { pendingObjects, failedObjectsLastHour, latencyMs } = bucket.replication;
  return (
    <p className={styles.bucketLine}>
      <code>{withVisibleCharacters(bucket.bucket)}</code>
      <span className={styles.muted}>
        {t("storage.replication.bucket", {
          size: figures.bytes(bucket.sizeBytes),
          pending: figures.number(pendingObjects),
          failed: figures.number(failedObjectsLastHour),
          latency: figures.duration(latencyMs),
        })}
      </span>
    </p>
  );
}
