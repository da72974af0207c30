import { IconStethoscope } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { Site } from "../../../src-shared/api/sites.api.ts";
import { Button } from "../../components/button.tsx";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { Facts } from "../../components/facts.tsx";
import { Panel } from "../../components/panel.tsx";
import { StatusShape } from "../../components/status-shape.tsx";
import { useChange } from "../../hooks/use-answer.ts";
import { siteTone } from "../../hooks/use-sites.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import { useWorkspace } from "../../hooks/workspace-store.ts";
import styles from "./overview-screen.module.css";

/** How this site is reached, and when it is not, why. */
export function ConnectionPanel({ site }: { readonly site: Site }): ReactElement {
  const t = useTranslate();
  const show = useWorkspace((state) => state.show);
  const use = useChange("sites", "use");
  return (
    <Panel
      actions={
        <Button compact icon={IconStethoscope} onClick={() => show("sites")} tone="quiet">
          {t("app.overview.diagnose")}
        </Button>
      }
      title={t("app.overview.connection")}
    >
      {site.error === undefined ? null : (
        <div className={styles.failure}>
          <ErrorPanel error={site.error} onRetry={() => use.fire({ site: site.id })} />
        </div>
      )}
      <Facts
        facts={[
          {
            label: t("app.overview.state"),
            value: (
              <span className={styles.state}>
                <StatusShape tone={siteTone(site.state)} />
                {t(`app.siteState.${site.state}`)}
              </span>
            ),
          },
          { label: t("app.overview.kind"), value: t(`app.siteKind.${site.kind}`) },
          { label: t("app.overview.origin"), value: site.origin, mono: true },
        ]}
      />
    </Panel>
  );
}
