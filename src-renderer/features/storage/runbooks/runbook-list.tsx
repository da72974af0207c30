import { IconPlayerPlay } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { Runbook } from "../../../../src-shared/model/storage/recovery.ts";
import { Button } from "../../../components/button.tsx";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./runbooks.module.css";

interface RunbookListProps {
  readonly runbooks: readonly Runbook[];
  readonly pending: boolean;
  readonly mayNot: string | undefined;
  readonly onStart: (runbook: string) => void;
}

/** What there is to go through, and why one would. */
export function RunbookList({ runbooks, pending, mayNot, onStart }: RunbookListProps): ReactElement {
  const t = useTranslate();
  return (
    <ul className={styles.runbooks}>
      {runbooks.map(({ id, steps }) => {
        const title = t.dynamic(`runbook.${id}.title`, {}, id);
        return (
          <li className={styles.runbook} key={id}>
            <div className={styles.words}>
              <h3>{title}</h3>
              <p className={styles.muted}>{t.dynamic(`runbook.${id}.text`, {}, "")}</p>
            </div>
            <span className={styles.muted}>{t("runbook.steps", { count: steps.length })}</span>
            <Button
              aria-label={t("runbook.startOf", { runbook: title })}
              disabled={pending}
              disabledReason={mayNot}
              icon={IconPlayerPlay}
              onClick={() => onStart(id)}
            >
              {t("runbook.start")}
            </Button>
          </li>
        );
      })}
    </ul>
  );
}
