import type { ReactElement } from "react";
import type { LedgerState } from "../../../../src-shared/model/tenants/usage.ts";
import { Button } from "../../../components/button.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { errorText } from "../../../components/error-text.ts";
import { ErrorPanel } from "../../../components/error-panel.tsx";
import { PartialNotice } from "../../../components/state-views.tsx";
import { StatusShape, type StatusTone } from "../../../components/status-shape.tsx";
import { useAnswer } from "../../../hooks/use-answer.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { useWorkspace } from "../../../hooks/workspace-store.ts";
import styles from "./usage.module.css";

const TONES: Readonly<Record<LedgerState["state"], StatusTone>> = {
  open: "good",
  unreachable: "warning",
  failed: "bad",
};

/** Where costs are kept and whether all of them are there. What is amiss stands under it in full. */
export function LedgerBar(): ReactElement | null {
  const t = useTranslate();
  const { data, error, retry } = useAnswer("usage", "ledger", undefined);
  if (data === undefined) {
    return error === undefined ? null : (
      <div className={styles.notice}>
        <ErrorPanel error={error} onRetry={retry} title={t("usage.ledger.unknown")} />
      </div>
    );
  }
  return (
    <>
      <LedgerLine ledger={data} />
      <LedgerTroubles ledger={data} />
    </>
  );
}

function LedgerLine({ ledger }: { readonly ledger: LedgerState }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const show = useWorkspace((state) => state.show);
  const { kind, where, state, costs, firstDay, lastDay, waiting } = ledger;
  // Without a place it has not been opened yet, or its setting names none: then it has failed.
  const unopened = where === "" && state === "open";
  return (
    <div className={styles.ledger}>
      <span className={styles.state}>
        <StatusShape tone={unopened ? "doubt" : TONES[state]} />
        {t(unopened ? "usage.ledger.unopened" : `usage.ledger.${state}`)}
      </span>
      {where === "" ? null : (
        <span className={styles.where} title={where}>
          {t(`usage.ledger.kind.${kind}`)} <code>{withVisibleCharacters(where)}</code>
        </span>
      )}
      <span className={styles.muted}>
        {costs === null
          ? t("usage.ledger.countUnknown")
          : t("usage.ledger.count", { count: costs, queries: formats.number(costs) })}
        {firstDay === null || lastDay === null ? "" : ` · ${firstDay} – ${lastDay}`}
      </span>
      {waiting === 0 ? null : (
        <span className={styles.waiting}>
          {t("usage.ledger.waiting", { count: waiting, queries: formats.number(waiting) })}
        </span>
      )}
      <span className={styles.barEnd}>
        <Button compact onClick={() => show("settings")} tone="quiet">
          {t("usage.ledger.settings")}
        </Button>
      </span>
    </div>
  );
}

/** What of the ledger is not as it should be, and what that means for the figures. */
function LedgerTroubles({ ledger }: { readonly ledger: LedgerState }): ReactElement | null {
  const t = useTranslate();
  const formats = useFormats();
  const { error, setAside, dropped, state, waiting } = ledger;
  const texts = [
    ...(state === "open"
      ? []
      : [
          `${error === undefined ? t(`usage.ledger.${state}`) : errorText(t, error)} ${t(`usage.ledger.${state}Text`, {
            count: waiting,
            queries: formats.number(waiting),
          })}`,
        ]),
    ...(setAside === undefined ? [] : [errorText(t, setAside)]),
    ...(dropped === 0 ? [] : [t("usage.ledger.dropped", { count: dropped, queries: formats.number(dropped) })]),
  ];
  if (texts.length === 0) return null;
  return (
    <div className={styles.notice}>
      <PartialNotice>
        {texts.map((text) => (
          <p key={text}>{withVisibleCharacters(text)}</p>
        ))}
      </PartialNotice>
    </div>
  );
}
