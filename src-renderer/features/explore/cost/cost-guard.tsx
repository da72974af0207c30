import { IconAlertTriangle, IconPlayerPlay, IconPlus } from "@tabler/icons-react";
import { useEffect, useRef, type ReactElement } from "react";
import type { CostEstimate } from "../../../../src-shared/api/logs.api.ts";
import { Button } from "../../../components/button.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { costWarningText } from "./cost-warning-text.ts";
import styles from "./cost.module.css";

interface CostGuardProps {
  readonly estimate: CostEstimate;
  /** Puts a matcher into the query and runs it. */
  readonly onNarrow: (matcher: string) => void;
  readonly onRunAnyway: () => void;
  readonly onCancel: () => void;
}

/** Stands before a dear query: why it is dear, what would narrow it, and the way past. */
export function CostGuard({ estimate, onNarrow, onRunAnyway, onCancel }: CostGuardProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const panel = useRef<HTMLElement>(null);
  useEffect(() => panel.current?.focus(), []);
  const { stats, warnings } = estimate;
  const suggestions = [...new Set(warnings.flatMap((warning) => warning.suggestions))];
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape leaves from anywhere inside
    <section
      aria-label={t("explore.cost.title")}
      className={styles.guard}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        onCancel();
      }}
      ref={panel}
      role="alert"
      tabIndex={-1}
    >
      <IconAlertTriangle aria-hidden className={styles.icon} size={18} stroke={1.5} />
      <div className={styles.content}>
        <h2 className={styles.title}>{t("explore.cost.title")}</h2>
        {stats === undefined ? null : (
          <p className={styles.figures}>
            {t("explore.cost.figures", {
              bytes: formats.bytes(stats.bytes),
              streams: formats.number(stats.streams),
              chunks: formats.number(stats.chunks),
              entries: formats.number(stats.entries),
            })}
          </p>
        )}
        <ul className={styles.warnings}>
          {warnings.map((warning) => (
            <li key={warning.kind}>{costWarningText(warning, t, formats)}</li>
          ))}
        </ul>
        {suggestions.length === 0 ? null : (
          <div className={styles.suggestions}>
            <span>{t("explore.cost.narrow")}</span>
            {suggestions.slice(0, 8).map((matcher) => (
              <Button compact icon={IconPlus} key={matcher} onClick={() => onNarrow(matcher)}>
                <code>{matcher}</code>
              </Button>
            ))}
          </div>
        )}
        <div className={styles.actions}>
          <Button onClick={onCancel}>{t("explore.cost.cancel")}</Button>
          <Button icon={IconPlayerPlay} onClick={onRunAnyway} tone="danger">
            {t("explore.cost.runAnyway")}
          </Button>
        </div>
      </div>
    </section>
  );
}
