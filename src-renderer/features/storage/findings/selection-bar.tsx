import { useMemo, type ReactElement } from "react";
import type { JobId } from "../../../../src-shared/model/ids.ts";
import type { FindingFilter, KeptFinding } from "../../../../src-shared/model/storage/scan.ts";
import { Button } from "../../../components/button.tsx";
import { errorText } from "../../../components/error-text.ts";
import { useAsk } from "../../../hooks/use-ask.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { useRpc } from "../../../rpc/rpc-context.tsx";
import { ExportFindings, PlanButtons } from "./finding-actions.tsx";
import styles from "./findings.module.css";
import { MOST_FINDINGS, readFindings } from "./read-all-findings.ts";
import type { Selection } from "./use-selection.ts";

interface SelectionBarProps {
  readonly scan: JobId;
  readonly filter: FindingFilter;
  readonly total: number;
  readonly listed: readonly KeptFinding[];
  readonly selection: Selection;
}

/** How many findings there are and are chosen, and what can be done about those that are. */
export function SelectionBar({ scan, filter, total, listed, selection }: SelectionBarProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { api } = useRpc();
  const { set } = selection;
  // Chosen when they have been read: the list itself holds only what was scrolled to.
  const chooseAll = useAsk(
    useMemo(
      () => async (signal: AbortSignal) => {
        const read = await readFindings(api, scan, filter, signal);
        set(read.filter(({ state }) => state !== "vanished").map(({ id }) => id));
        return read.length;
      },
      // oxlint-disable-next-line react-hooks/exhaustive-deps -- `set` is new with each selection and does the same
      [api, scan, filter],
    ),
  );
  const count = selection.ids.size;
  const known = useMemo(() => listed.filter(({ id }) => selection.ids.has(id)), [listed, selection]);
  return (
    <div className={styles.bar}>
      <span aria-live="polite" className={styles.barText}>
        {t("storage.findings.count", { count: total, findings: formats.number(total) })}
        {count === 0 ? null : ` · ${t("storage.findings.chosen", { count, chosen: formats.number(count) })}`}
      </span>
      {count === 0 ? null : (
        <>
          {count < total && total <= MOST_FINDINGS ? (
            <Button compact loading={chooseAll.pending} onClick={chooseAll.ask} tone="quiet">
              {t("storage.findings.chooseAll", { count: total, findings: formats.number(total) })}
            </Button>
          ) : null}
          <Button compact onClick={() => set([])} tone="quiet">
            {t("storage.findings.chooseNone")}
          </Button>
          {chooseAll.error === undefined ? null : (
            <span className={styles.refused} role="alert">
              {errorText(t, chooseAll.error)}
            </span>
          )}
        </>
      )}
      <span className={styles.barEnd}>
        <PlanButtons ids={[...selection.ids]} known={known} scan={scan} />
        <ExportFindings filter={filter} scan={scan} />
      </span>
    </div>
  );
}
