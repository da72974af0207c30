import type { ReactElement } from "react";
import { Button } from "../../components/button.tsx";
import { StatusShape } from "../../components/status-shape.tsx";
import { useTranslate } from "../../hooks/use-translate.ts";
import { useWorkspace } from "../../hooks/workspace-store.ts";
import styles from "./archive-drawer.module.css";

/** Work has begun as a job: says so, and where it is followed. */
export function JobStarted({ text }: { readonly text: string }): ReactElement {
  const t = useTranslate();
  const show = useWorkspace((state) => state.show);
  return (
    <output className={styles.started}>
      <StatusShape tone="good" />
      <span className={styles.startedText}>{text}</span>
      <Button compact onClick={() => show("jobs")} tone="quiet">
        {t("app.job.all")}
      </Button>
    </output>
  );
}
