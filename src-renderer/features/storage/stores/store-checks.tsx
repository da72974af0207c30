import { IconStethoscope } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import type { StoreCheck } from "../../../../src-shared/model/storage/store.ts";
import { Button } from "../../../components/button.tsx";
import { ErrorPanel } from "../../../components/error-panel.tsx";
import { SwitchField } from "../../../components/field.tsx";
import { StatusShape, type StatusTone } from "../../../components/status-shape.tsx";
import { useChange } from "../../../hooks/use-answer.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import type { InputOf } from "../../../rpc/procedure-names.ts";
import styles from "./stores.module.css";

const TONES: Readonly<Record<StoreCheck["state"], StatusTone>> = {
  passed: "good",
  warned: "warning",
  failed: "bad",
  unknown: "doubt",
};

interface StoreChecksProps {
  /** What stands in the form as a configuration; rejects, or `null`, where it is none yet. */
  readonly configNow: () => Promise<InputOf<"storage", "checkStore">["config"] | null>;
}

/** Tries what the console needs of the store as it stands in the form, before it is saved. */
export function StoreChecks({ configNow }: StoreChecksProps): ReactElement {
  const t = useTranslate();
  const forbidden = useForbidden("storage.scan");
  const noWrites = useForbidden("storage.restore");
  const [write, setWrite] = useState(false);
  const { run, pending, data, error } = useChange("storage", "checkStore");
  const check = async (): Promise<void> => {
    const config = await configNow();
    if (config !== null) await run({ config, write });
  };
  return (
    <section aria-label={t("storage.check.title")} className={styles.checks}>
      <div className={styles.checkBar}>
        <Button
          disabledReason={forbidden}
          icon={IconStethoscope}
          loading={pending}
          // A failure is shown from `error`, or where the secret is put.
          onClick={() => void check().catch(() => undefined)}
        >
          {t("storage.check.run")}
        </Button>
        <SwitchField
          checked={write && noWrites === undefined}
          disabled={noWrites !== undefined}
          label={t("storage.check.alsoWrite")}
          onChange={setWrite}
        />
      </div>
      {error === undefined ? null : <ErrorPanel error={error} title={t("storage.check.failed")} />}
      <ul aria-live="polite" className={styles.checkList}>
        {(data ?? []).map((one) => (
          <CheckRow check={one} key={one.check} />
        ))}
      </ul>
    </section>
  );
}

function CheckRow({ check: { check, state, reason, params } }: { readonly check: StoreCheck }): ReactElement {
  const t = useTranslate();
  return (
    <li className={styles.check}>
      <StatusShape tone={TONES[state]} />
      <span className={styles.checkName}>{t(`storage.check.${check}`)}</span>
      <span className={styles.checkState}>{t(`storage.checkState.${state}`)}</span>
      {reason === null ? null : (
        <span className={styles.checkReason}>{t.dynamic(`storage.check.${check}.${reason}`, params, reason)}</span>
      )}
    </li>
  );
}
