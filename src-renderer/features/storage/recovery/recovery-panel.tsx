import { IconRefresh } from "@tabler/icons-react";
import { useEffect, useRef, type ReactElement } from "react";
import type { RecoveryFacts } from "../../../../src-shared/model/storage/recovery.ts";
import type { StoreId } from "../../../../src-shared/model/storage/store.ts";
import { IconButton } from "../../../components/icon-button.tsx";
import { Panel } from "../../../components/panel.tsx";
import { FailedView, LoadingView, PartialNotice } from "../../../components/state-views.tsx";
import { errorText } from "../../../components/error-text.ts";
import { useAsked } from "../../../hooks/use-asked.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { RecoveryFigures } from "./recovery-figures.tsx";
import { RpoParts } from "./rpo-parts.tsx";
import styles from "./recovery.module.css";

/** Listings are dear: what they say is asked for again every few minutes. */
const EVERY_MS = 5 * 60_000;
const WAITING_MS = 15_000;

/** What losing the bucket would cost now and how long bringing it back takes, each with what shows it. Asked when it is opened. */
export function RecoveryPanel({ store }: { readonly store: StoreId }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { data, error, asking, ask } = useAsked("recovery", "facts", { store }, { everyMs: EVERY_MS });
  const waits = data?.rpo.parts.some(({ reason }) => reason === "no-round") === true;
  const asked = useRef(ask);
  useEffect(() => {
    asked.current = ask;
  });
  useEffect(() => {
    // The question itself begins the watch of a site that nobody has looked at; its first round comes soon.
    if (!waits || asking) return undefined;
    const timer = setTimeout(() => asked.current(), WAITING_MS);
    return () => clearTimeout(timer);
  }, [waits, asking]);
  return (
    <Panel
      actions={<IconButton icon={IconRefresh} disabled={asking} label={t("storage.recovery.again")} onClick={ask} />}
      aside={data === undefined ? undefined : t("storage.recovery.askedAt", { at: formats.dateTime(data.checkedAtMs) })}
      title={t("storage.recovery.title")}
    >
      {data === undefined ? (
        error === undefined ? (
          <LoadingView rows={5} />
        ) : (
          <FailedView error={error} onRetry={ask} title={t("storage.recovery.failed")} />
        )
      ) : (
        <div className={styles.panel}>
          {error === undefined ? null : <PartialNotice>{errorText(t, error)}</PartialNotice>}
          <Unknown facts={data} />
          <RecoveryFigures facts={data} />
          <RpoParts parts={data.rpo.parts} />
        </div>
      )}
    </Panel>
  );
}

/** What is not known is told before what is. */
function Unknown({ facts }: { readonly facts: RecoveryFacts }): ReactElement | null {
  const t = useTranslate();
  const formats = useFormats();
  const unknown = facts.rpo.parts.filter(({ state }) => state === "unknown");
  if (unknown.length === 0) return null;
  const parts = formats.list(unknown.map(({ what }) => t(`storage.rpo.${what}`)));
  return <PartialNotice>{t("storage.recovery.partial", { parts })}</PartialNotice>;
}
