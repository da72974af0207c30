import { IconLock, IconRestore } from "@tabler/icons-react";
import { useId, type ReactElement } from "react";
import type { Setting } from "../../../src-shared/api/settings.api.ts";
import { Badge } from "../../components/badge.tsx";
import { errorText } from "../../components/error-text.ts";
import { IconButton } from "../../components/icon-button.tsx";
import { Tip } from "../../components/tip.tsx";
import { useChange } from "../../hooks/use-answer.ts";
import { useFormats } from "../../hooks/use-formats.ts";
import { useForbidden } from "../../hooks/use-permission.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import { SettingControl } from "./setting-control.tsx";
import { settingValueText } from "./setting-text.ts";
import styles from "./settings-screen.module.css";

interface SettingRowProps {
  readonly setting: Setting;
  /** What is to be set of what was typed; where it rejects, nothing is set. */
  readonly beforeSet?: (value: Setting["value"]) => Promise<Setting["value"]>;
}

/** One setting: what it is, its control, where its value comes from, and the way back to the default. */
export function SettingRow({ setting, beforeSet }: SettingRowProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const label = useId();
  const forbidden = useForbidden("settings.change");
  const set = useChange("settings", "set");
  const reset = useChange("settings", "reset");
  const source = t(`settings.source.${setting.source}`);
  const locked = setting.locked ? t("app.settings.locked", { source }) : undefined;
  const disabled = locked ?? forbidden;
  const problem = set.error ?? reset.error;
  const onSet = (value: Setting["value"]): void => {
    if (beforeSet === undefined) {
      set.fire({ key: setting.key, value });
      return;
    }
    beforeSet(value).then(
      (kept) => set.fire({ key: setting.key, value: kept }),
      // Whoever rejects tells it.
      () => undefined,
    );
  };
  const isDefault = setting.source === "default";

  return (
    <div className={styles.row}>
      <div>
        <span className={styles.label} id={label}>
          {t.dynamic(`settings.${setting.key}.label`, {}, setting.key)}
        </span>
        <span className={styles.help}>
          {t.dynamic(`settings.${setting.key}.help`, {}, "")}
          {setting.restart ? ` ${t("app.settings.restart")}` : ""}
        </span>
      </div>
      <div className={styles.control}>
        <SettingControl disabled={disabled} labelledBy={label} onSet={onSet} setting={setting} />
      </div>
      <div className={styles.meta}>
        <Tip label={disabled ?? t("app.settings.sourceTip", { source, key: setting.key })}>
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- its tooltip says why it is locked */}
          <span className={styles.switch} tabIndex={0}>
            {setting.locked ? <IconLock aria-label={t("app.settings.lockedWord")} size={14} stroke={1.5} /> : null}
            <Badge>{source}</Badge>
          </span>
        </Tip>
        <IconButton
          disabledReason={disabled ?? (isDefault ? t("app.settings.isDefault") : undefined)}
          icon={IconRestore}
          label={t("app.settings.reset", { value: settingValueText(t, formats, setting, setting.defaultValue) })}
          onClick={() => reset.fire({ key: setting.key })}
          size={24}
        />
      </div>
      {problem === undefined ? null : (
        <p className={styles.problem} role="alert">
          {errorText(t, problem)}
        </p>
      )}
    </div>
  );
}
