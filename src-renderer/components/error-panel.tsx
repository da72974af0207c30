import { IconAlertSquareRounded, IconRefresh } from "@tabler/icons-react";
import type { ReactElement, ReactNode } from "react";
import type { WireError } from "../../src-shared/errors/wire-error.ts";
import { useTranslate } from "../hooks/use-translate.ts";
import { Button } from "./button.tsx";
import { CopyButton } from "./copy-button.tsx";
import styles from "./error-panel.module.css";
import { errorText } from "./error-text.ts";

interface ErrorPanelProps {
  readonly error: WireError;
  /** What could not be done, in a few words. */
  readonly title?: string;
  /** Offered when the same call may succeed without a change. */
  readonly onRetry?: (() => void) | undefined;
  /** More to do about it: open a doctor, edit the site. */
  readonly actions?: ReactNode;
}

/** A failure where it happened: what, why, the reference under which the log has the whole story, and what to do. */
export function ErrorPanel({ error, title, onRetry, actions }: ErrorPanelProps): ReactElement {
  const t = useTranslate();
  const retry = onRetry !== undefined && (error.retryable || error.category === "internal") ? onRetry : undefined;
  return (
    <div className={styles.panel} role="alert">
      <IconAlertSquareRounded aria-hidden className={styles.icon} size={16} stroke={1.5} />
      <div className={styles.content}>
        {title === undefined ? null : <p className={styles.title}>{title}</p>}
        <p className={styles.text}>{errorText(t, error)}</p>
        <p className={styles.facts}>
          <code>{error.code}</code>
          {error.reference === undefined ? null : (
            <span className={styles.reference}>
              {t("app.errorReference")} <code>{error.reference}</code>
              <CopyButton label={t("app.copyReference")} size={20} text={error.reference} />
            </span>
          )}
        </p>
        {retry === undefined && actions === undefined ? null : (
          <div className={styles.actions}>
            {retry === undefined ? null : (
              <Button compact icon={IconRefresh} onClick={retry}>
                {t("app.retry")}
              </Button>
            )}
            {actions}
          </div>
        )}
      </div>
    </div>
  );
}
