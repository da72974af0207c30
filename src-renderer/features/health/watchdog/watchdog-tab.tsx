import { IconEye } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import type { WatchdogOptions } from "../../../../src-shared/model/health/watchdog.ts";
import { CodeText } from "../../../components/code-text.tsx";
import { errorText } from "../../../components/error-text.ts";
import { EmptyView, FailedView, LoadingView, PartialNotice } from "../../../components/state-views.tsx";
import { useAsked } from "../../../hooks/use-asked.ts";
import { useSiteHealth } from "../../../hooks/use-site-health.tsx";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { WatchdogFile } from "./watchdog-file.tsx";
import { WatchdogForm } from "./watchdog-form.tsx";
import styles from "./watchdog.module.css";

/** How Kubernetes itself can be made to take a gray ingester out: what that stops and what not, and the files for it. */
export function WatchdogTab(): ReactElement {
  const t = useTranslate();
  const { site } = useSiteHealth();
  const [options, setOptions] = useState<WatchdogOptions>({});
  const direct = site.kind === "direct";
  const { data, error, loading, asking, ask } = useAsked(
    "health",
    "watchdog",
    direct ? null : { site: site.id, options },
    { keepPrevious: true },
  );
  if (direct) return <EmptyView icon={IconEye} text={t("watchdog.directText")} title={t("watchdog.direct")} />;
  return (
    <div className={styles.watchdog}>
      <header className={styles.intro}>
        <h2>{t("watchdog.title")}</h2>
        <p>{t("watchdog.text")}</p>
      </header>
      <WatchdogForm
        asking={asking}
        onGenerate={(next) => {
          setOptions(next);
          if (sameOptions(options, next)) ask();
        }}
      />
      {loading ? <LoadingView rows={8} /> : null}
      {error === undefined ? null : data === undefined ? (
        <FailedView error={error} onRetry={ask} title={t("watchdog.failed")} />
      ) : (
        <PartialNotice>
          {t("watchdog.old")} {errorText(t, error)}
        </PartialNotice>
      )}
      {data === undefined ? null : (
        <>
          <section className={styles.section}>
            <h3>{t("watchdog.statements")}</h3>
            <ul className={styles.statements}>
              {data.statements.map((key) => (
                <li key={key}>
                  <CodeText text={t.dynamic(`watchdog.statement.${key}`)} />
                </li>
              ))}
            </ul>
          </section>
          <section className={styles.section}>
            <h3>{t("watchdog.files")}</h3>
            <p className={styles.muted}>{t("watchdog.filesText")}</p>
            {data.files.map((file) => (
              <WatchdogFile file={file} key={file.name} />
            ))}
          </section>
        </>
      )}
    </div>
  );
}

function sameOptions(a: WatchdogOptions, b: WatchdogOptions): boolean {
  return a.namespace === b.namespace && a.image === b.image;
}
