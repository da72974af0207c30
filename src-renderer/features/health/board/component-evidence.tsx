import type { ReactElement } from "react";
import type { ComponentHealth } from "../../../../src-shared/model/health/site-health.ts";
import { CopyButton } from "../../../components/copy-button.tsx";
import { evidenceText } from "../../../components/health-text.ts";
import { RelativeTime } from "../../../components/quantity.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./board.module.css";
import { ABOUT_INSTANCES } from "./component-row.tsx";

/** What speaks against a component as a whole; what its instances tell stands with them. */
export function ComponentEvidence({ component }: { readonly component: ComponentHealth }): ReactElement | null {
  const t = useTranslate();
  const formats = useFormats();
  const told = component.evidence.filter(({ kind }) => !ABOUT_INSTANCES.has(kind));
  if (told.length === 0) return null;
  return (
    <ul
      aria-label={t("health.board.componentEvidence", { component: component.component })}
      className={styles.componentEvidence}
    >
      {told.map((one) => (
        <li key={`${one.kind} ${one.metric} ${JSON.stringify(one.params)}`}>
          <p>
            <strong>{evidenceText(one, t, formats)}</strong>{" "}
            <span className={styles.muted}>{t(`health.evidenceHelp.${one.kind}`)}</span>
          </p>
          <p className={styles.evidenceFacts}>
            <code>{one.metric}</code>
            <CopyButton label={t("health.instance.copyMetric")} size={20} text={one.metric} />
            <span>
              {t("health.instance.since")} <RelativeTime atMs={one.sinceMs} />
            </span>
          </p>
        </li>
      ))}
    </ul>
  );
}
