import type { ReactElement } from "react";
import type { CredentialPlugin } from "../../../src-shared/api/sites.api.ts";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { ErrorPanel } from "../../components/error-panel.tsx";
import { Facts } from "../../components/facts.tsx";
import { Panel } from "../../components/panel.tsx";
import { useAnswer, useChange } from "../../hooks/use-answer.ts";
import { useForbidden } from "../../hooks/use-permission.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import styles from "./plugin-panel.module.css";

/**
 * Programs that a kubeconfig wants to run for credentials. Nothing runs before a person has seen the exact command and
 * said yes; a changed command is a new question.
 */
export function PluginPanel(): ReactElement | null {
  const t = useTranslate();
  const { data, error, retry } = useAnswer("sites", "plugins", undefined);
  if (error !== undefined) return <ErrorPanel error={error} onRetry={retry} title={t("app.plugins.failed")} />;
  const plugins = data?.plugins ?? [];
  if (plugins.length === 0) return null;
  const waiting = plugins.filter((plugin) => !plugin.confirmed).length;
  return (
    <Panel
      aside={waiting > 0 ? <Badge tone="warning">{t("app.plugins.waiting", { count: waiting })}</Badge> : undefined}
      flush
      title={t("app.plugins.title")}
    >
      <p className={styles.text}>{t("app.plugins.text")}</p>
      <ul>
        {plugins
          .toSorted((a, b) => Number(a.confirmed) - Number(b.confirmed))
          .map((plugin) => (
            <PluginRow key={plugin.hash} plugin={plugin} />
          ))}
      </ul>
    </Panel>
  );
}

function PluginRow({ plugin }: { readonly plugin: CredentialPlugin }): ReactElement {
  const t = useTranslate();
  const forbidden = useForbidden("sites.change");
  const confirm = useChange("sites", "confirmPlugin");
  return (
    <li className={styles.plugin}>
      <div className={styles.facts}>
        <Facts
          facts={[
            { label: t("app.plugins.command"), value: plugin.command, mono: true },
            {
              label: t("app.plugins.args"),
              value:
                plugin.args.length === 0 ? (
                  t("app.plugins.none")
                ) : (
                  <ol className={styles.args}>
                    {plugin.args.map((argument, place) => (
                      // oxlint-disable-next-line react/no-array-index-key -- arguments may repeat; their place is their name
                      <li key={place}>{argument}</li>
                    ))}
                  </ol>
                ),
              mono: plugin.args.length > 0,
            },
            {
              label: t("app.plugins.env"),
              value: plugin.env.length === 0 ? t("app.plugins.none") : plugin.env.join(", "),
              mono: plugin.env.length > 0,
            },
            { label: t("app.plugins.contexts"), value: plugin.contexts.join(", "), mono: true },
            { label: t("app.plugins.hash"), value: plugin.hash.slice(0, 16), mono: true },
          ]}
        />
        {confirm.error === undefined ? null : <ErrorPanel error={confirm.error} />}
      </div>
      <div className={styles.actions}>
        {plugin.confirmed ? (
          <>
            <Badge tone="good">{t("app.plugins.confirmed")}</Badge>
            <Button
              compact
              disabledReason={forbidden}
              loading={confirm.pending}
              onClick={() => confirm.fire({ hash: plugin.hash, confirmed: false })}
            >
              {t("app.plugins.revoke")}
            </Button>
          </>
        ) : (
          <Button
            compact
            disabledReason={forbidden}
            loading={confirm.pending}
            onClick={() => confirm.fire({ hash: plugin.hash, confirmed: true })}
            tone="primary"
          >
            {t("app.plugins.allow")}
          </Button>
        )}
      </div>
    </li>
  );
}
