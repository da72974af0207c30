import { IconRefresh } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { BucketState } from "../../../../src-shared/model/storage/bucket-state.ts";
import type { Store } from "../../../../src-shared/model/storage/store.ts";
import { Button } from "../../../components/button.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { errorText } from "../../../components/error-text.ts";
import { RelativeTime } from "../../../components/quantity.tsx";
import { FailedView, LoadingView, PartialNotice } from "../../../components/state-views.tsx";
import { useAsked } from "../../../hooks/use-asked.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./bucket.module.css";
import { CapacityPanel } from "./capacity-panel.tsx";
import { DrivesPanel } from "./drives-panel.tsx";
import { ProbesPanel } from "./probes-panel.tsx";
import { ReplicationPanel } from "./replication-panel.tsx";
import { RulesPanel } from "./rules-panel.tsx";
import { SettingsPanel } from "./settings-panel.tsx";

const EVERY_MS = 60_000;

/** The bucket and the servers behind it: what endangers what is in it. What is not told is unknown, never well. */
export function BucketTab({ store }: { readonly store: Store }): ReactElement {
  const t = useTranslate();
  const { data, error, asking, ask } = useAsked("storage", "bucketState", { store: store.id }, { everyMs: EVERY_MS });
  if (data === undefined) {
    return error === undefined ? (
      <LoadingView rowHeight={32} rows={10} />
    ) : (
      <FailedView error={error} onRetry={ask} title={t("storage.bucketState.failed")} />
    );
  }
  return (
    <div aria-busy={asking || undefined} className={styles.tab}>
      <div className={styles.bar}>
        <span className={styles.muted}>
          {t("storage.bucketState.checked")} <RelativeTime atMs={data.checkedAtMs} />
        </span>
        <Button compact icon={IconRefresh} loading={asking} onClick={ask} tone="quiet">
          {t("storage.bucketState.again")}
        </Button>
      </div>
      {error === undefined ? null : (
        <PartialNotice>
          {t("storage.stale")} {errorText(t, error)}
        </PartialNotice>
      )}
      <Problems problems={data.problems} />
      <RulesPanel judgement={data.judgement} />
      <div className={styles.columns}>
        <CapacityPanel state={data} />
        <SettingsPanel settings={data.settings} />
        <ProbesPanel health={data.health} />
        <DrivesPanel health={data.health} />
        <ReplicationPanel health={data.health} />
      </div>
    </div>
  );
}

function Problems({ problems }: { readonly problems: BucketState["problems"] }): ReactElement | null {
  const t = useTranslate();
  if (problems.length === 0) return null;
  return (
    <PartialNotice>
      <ul className={styles.problems}>
        {problems.map(({ what, error }) => (
          <li key={`${what} ${error.code}`}>
            {t("storage.bucketState.problem", {
              what: t.dynamic(`storage.bucketState.what.${what}`, {}, withVisibleCharacters(what)),
              problem: errorText(t, error),
            })}
          </li>
        ))}
      </ul>
    </PartialNotice>
  );
}
