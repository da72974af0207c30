import { UnstyledButton } from "@mantine/core";
import { IconLock, IconLockOpen } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { ROLE_PERMISSIONS } from "../../src-shared/permissions/roles.ts";
import { Tip } from "../components/tip.tsx";
import { useNow } from "../hooks/use-now.ts";
import { useFormats } from "../hooks/use-formats.ts";
import { usePreferences } from "../hooks/preferences.ts";
import { useChange } from "../hooks/use-answer.ts";
import { useFailureNotice } from "../hooks/use-notice.tsx";
import { useForbidden, useStanding } from "../hooks/use-permission.ts";
import { useTranslate } from "../hooks/use-translate.ts";
import styles from "./session-controls.module.css";
import { SignedIn } from "./signed-in.tsx";

/** Who one is here, whether changes are locked, and which clock the window shows. */
export function SessionControls(): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { timeZone, setTimeZone } = usePreferences();
  const { role, readOnly } = useStanding();
  const setReadOnly = useChange("session", "setReadOnly");
  useFailureNotice(setReadOnly.error);
  const forbidden = useForbidden("settings.read");
  const zone = formats.zone(useNow(60_000));
  const roleName = t(`roles.${role}`);
  const granted = [...ROLE_PERMISSIONS[role]].map((permission) => t(`permissions.${permission}`));
  const Lock = readOnly ? IconLock : IconLockOpen;

  return (
    <div className={styles.controls}>
      <SignedIn />
      <Tip label={t("app.roleTip", { role: roleName, permissions: formats.list(granted) })}>
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- its tooltip says what the role may do */}
        <span className={styles.role} tabIndex={0}>
          {roleName}
        </span>
      </Tip>
      <Tip label={readOnly ? t("app.readOnly.onTip") : t("app.readOnly.offTip")} shortcut="mod+shift+l">
        <UnstyledButton
          aria-disabled={forbidden !== undefined || setReadOnly.pending || undefined}
          aria-pressed={readOnly}
          className={styles.button}
          data-locked={readOnly || undefined}
          onClick={() => {
            if (forbidden === undefined) setReadOnly.fire({ readOnly: !readOnly });
          }}
        >
          <Lock aria-hidden size={16} stroke={1.5} />
          <span className={styles.lockWord}>{t("app.readOnly.label")}</span>
        </UnstyledButton>
      </Tip>
      <Tip label={timeZone === "utc" ? t("app.zone.utcTip") : t("app.zone.localTip")} shortcut="mod+shift+u">
        <UnstyledButton
          aria-label={t("app.zone.switch", { zone: zone })}
          className={styles.button}
          onClick={() => setTimeZone(timeZone === "utc" ? "local" : "utc")}
        >
          {zone}
        </UnstyledButton>
      </Tip>
    </div>
  );
}
