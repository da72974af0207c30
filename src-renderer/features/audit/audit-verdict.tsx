import { useQueryClient } from "@tanstack/react-query";
import { IconShieldCheck } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { errorText } from "../../components/error-text.ts";
import { Tip } from "../../components/tip.tsx";
import { useAnswer } from "../../hooks/use-answer.ts";
import { useFormats } from "../../hooks/use-formats.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import styles from "./audit-screen.module.css";

/** Verifies the chain when asked, and says what it found and when: a verdict of an hour ago is one of an hour ago. */
export function AuditVerdict(): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const queries = useQueryClient();
  const [askedAtMs, setAskedAtMs] = useState<number | null>(null);
  const { data, error, loading, stale } = useAnswer("audit", "verify", askedAtMs === null ? null : undefined);
  const verify = (): void => {
    setAskedAtMs(Date.now());
    void queries.invalidateQueries({ queryKey: ["audit", "verify"] });
  };
  return (
    <span className={styles.verdict}>
      <span aria-live="polite" className={styles.verdict}>
        {error === undefined || askedAtMs === null ? null : <Badge tone="bad">{errorText(t, error)}</Badge>}
        {data === undefined || askedAtMs === null ? null : (
          <Tip label={t("app.audit.head", { hash: data.headHash })}>
            <span>
              <Badge tone={data.intact ? "good" : "bad"}>
                {data.broken === undefined
                  ? t("app.audit.intact", {
                      count: data.entries,
                      entries: formats.number(data.entries),
                      time: formats.time(askedAtMs),
                    })
                  : t("app.audit.broken", {
                      sequence: formats.number(data.broken.sequence),
                      problem: t(`audit.problem.${data.broken.kind}`),
                    })}
              </Badge>
            </span>
          </Tip>
        )}
      </span>
      <Button icon={IconShieldCheck} loading={loading || stale} onClick={verify}>
        {t("app.audit.verify")}
      </Button>
    </span>
  );
}
