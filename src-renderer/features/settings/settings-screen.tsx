import { useMemo, type ReactElement } from "react";
import type { Setting } from "../../../src-shared/api/settings.api.ts";
import { Panel } from "../../components/panel.tsx";
import { Screen } from "../../components/screen.tsx";
import { FailedView, LoadingView } from "../../components/state-views.tsx";
import { useAnswer } from "../../hooks/use-answer.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import { AboutPanel } from "./about-panel.tsx";
import { SecretsPanel } from "./secrets-panel.tsx";
import { LEDGER_SETTING } from "./ledger-address.ts";
import { LedgerRows } from "./ledger-rows.tsx";
import { SettingRow } from "./setting-row.tsx";
import styles from "./settings-screen.module.css";
import { SupportPanel } from "./support-panel.tsx";

/** In the order of the core's table: a group stands where its first setting stands. */
export function settingGroups(settings: readonly Setting[]): { group: string; settings: Setting[] }[] {
  const groups = new Map<string, Setting[]>();
  for (const setting of settings) {
    const group = groups.get(setting.group);
    if (group === undefined) groups.set(setting.group, [setting]);
    else group.push(setting);
  }
  return [...groups].map(([group, members]) => ({ group, settings: members }));
}

/** Made from the core's table of settings: what there is, what it is set to, and who decided that. */
export function SettingsScreen(): ReactElement {
  const t = useTranslate();
  const { data, error, loading, retry } = useAnswer("settings", "list", undefined);
  const groups = useMemo(() => settingGroups(data?.settings ?? []), [data]);
  return (
    <Screen aside={data === undefined ? undefined : <code>{data.file}</code>} title={t("app.screen.settings")}>
      <div className={styles.column}>
        {loading ? <LoadingView rowHeight={48} rows={8} /> : null}
        {error === undefined ? null : <FailedView error={error} onRetry={retry} title={t("app.settings.failed")} />}
        {groups.map(({ group, settings }) => (
          <Panel flush key={group} title={t.dynamic(`settings.group.${group}`, {}, group)}>
            {settings.map((setting) =>
              setting.key === LEDGER_SETTING ? (
                <LedgerRows key={setting.key} setting={setting} />
              ) : (
                <SettingRow key={setting.key} setting={setting} />
              ),
            )}
          </Panel>
        ))}
        <SecretsPanel />
        <SupportPanel />
        <AboutPanel file={data?.file} />
      </div>
    </Screen>
  );
}
