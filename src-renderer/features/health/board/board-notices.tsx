import type { ReactElement } from "react";
import type { SiteHealth } from "../../../../src-shared/model/health/site-health.ts";
import type { CommonCause } from "../../../../src-shared/model/health/verdict.ts";
import { errorText } from "../../../components/error-text.ts";
import { causeFigure, causeText } from "../../../components/health-text.ts";
import { PartialNotice } from "../../../components/state-views.tsx";
import { StatusShape } from "../../../components/status-shape.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./board.module.css";

/** What troubles the whole: said before anybody is looked at, for then nobody in particular is to blame. */
export function CauseNotices({ causes }: { readonly causes: readonly CommonCause[] }): ReactElement | null {
  const t = useTranslate();
  const formats = useFormats();
  if (causes.length === 0) return null;
  return (
    <ul className={styles.causes}>
      {causes.map((cause) => (
        <li className={styles.cause} key={`${cause.kind} ${cause.tenant ?? ""} ${cause.metric}`}>
          <StatusShape tone="warning" />
          <strong>{causeText(cause, t)}</strong>
          <span>{causeFigure(cause, t, formats)}</span>
          <code className={styles.metric}>{cause.metric}</code>
          <span className={styles.nobody}>{t("health.cause.nobody")}</span>
        </li>
      ))}
    </ul>
  );
}

/** What could not be seen in the last round. */
export function ViewNotices({ health }: { readonly health: SiteHealth }): ReactElement | null {
  const t = useTranslate();
  const { listError, ringError, error } = health;
  const texts = [
    ...(health.state === "failed" && error !== null ? [t("health.partial.failed", { why: errorText(t, error) })] : []),
    ...(listError === null ? [] : [t("health.partial.list", { why: errorText(t, listError) })]),
    ...(ringError === null ? [] : [t("health.partial.ring", { why: errorText(t, ringError) })]),
  ];
  if (texts.length === 0) return null;
  return (
    <>
      {texts.map((text) => (
        <PartialNotice key={text}>{text}</PartialNotice>
      ))}
    </>
  );
}
