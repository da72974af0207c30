import { IconPackageExport } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { Button } from "../../components/button.tsx";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { Panel } from "../../components/panel.tsx";
import { useChange } from "../../hooks/use-answer.ts";
import { useForbidden } from "../../hooks/use-permission.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import { useWorkspace } from "../../hooks/workspace-store.ts";
import styles from "./settings-screen.module.css";

/** A zip of versions, settings and redacted logs, to give to someone who helps. */
export function SupportPanel(): ReactElement {
  const t = useTranslate();
  const forbidden = useForbidden("support.export");
  const bundle = useChange("support", "bundle");
  const show = useWorkspace((state) => state.show);
  return (
    <Panel title={t("app.support.title")}>
      <div className={styles.stack}>
        <p className={styles.muted}>{t("app.support.text")}</p>
        <Button
          disabledReason={forbidden}
          icon={IconPackageExport}
          loading={bundle.pending}
          onClick={() => {
            // The rejection is shown from `error`.
            void bundle.run(undefined).then(
              () => show("jobs"),
              () => undefined,
            );
          }}
        >
          {t("app.support.make")}
        </Button>
        {bundle.error === undefined ? null : <ErrorPanel error={bundle.error} />}
      </div>
    </Panel>
  );
}
