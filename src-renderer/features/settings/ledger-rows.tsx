import { PasswordInput } from "@mantine/core";
import { useId, useState, type FormEvent, type ReactElement } from "react";
import type { Setting } from "../../../src-shared/api/settings.api.ts";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { errorText } from "../../components/error-text.ts";
import { useAnswer, useChange } from "../../hooks/use-answer.ts";
import { useForbidden } from "../../hooks/use-permission.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import { isLedgerAddress, LEDGER_PASSWORD, splitLedgerAddress } from "./ledger-address.ts";
import { SettingRow } from "./setting-row.tsx";
import styles from "./settings-screen.module.css";

/** Where a shared ledger is, and its password, which goes among the secrets: also when it came within the address. */
export function LedgerRows({ setting }: { readonly setting: Setting }): ReactElement {
  const t = useTranslate();
  const put = useChange("secrets", "put");
  const [round, setRound] = useState(0);
  const [refused, setRefused] = useState(false);
  const keepPassword = async (value: Setting["value"]): Promise<Setting["value"]> => {
    const { address, password } = splitLedgerAddress(String(value).trim());
    const fits = isLedgerAddress(address);
    setRefused(!fits);
    if (!fits) throw new Error("no address of PostgreSQL");
    if (password !== null) {
      await put.run({ ref: LEDGER_PASSWORD, value: password });
      // An address that stays the same would leave what was typed in its field.
      if (address === setting.value) setRound((before) => before + 1);
    }
    return address;
  };
  return (
    <>
      <SettingRow beforeSet={keepPassword} key={round} setting={setting} />
      {put.error === undefined && !refused ? null : (
        <p className={styles.rowProblem} role="alert">
          {refused || put.error === undefined ? t("usage.settings.noAddress") : errorText(t, put.error)}
        </p>
      )}
      {setting.value === "" ? null : <PasswordRow />}
    </>
  );
}

function PasswordRow(): ReactElement {
  const t = useTranslate();
  const label = useId();
  const forbidden = useForbidden("secrets.change");
  const { data } = useAnswer("secrets", "list", undefined);
  const put = useChange("secrets", "put");
  const [typed, setTyped] = useState("");
  const kept = data?.secrets.some(({ ref }) => ref === LEDGER_PASSWORD);
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    if (typed === "" || forbidden !== undefined) return;
    // A failure is shown from `error`.
    put.run({ ref: LEDGER_PASSWORD, value: typed }).then(
      () => setTyped(""),
      () => undefined,
    );
  };
  return (
    <form className={styles.row} onSubmit={onSubmit}>
      <div>
        <span className={styles.label} id={label}>
          {t("usage.settings.password")}
        </span>
        <span className={styles.help}>{t("usage.settings.passwordHelp", { secret: LEDGER_PASSWORD })}</span>
      </div>
      <div className={styles.control}>
        <PasswordInput
          aria-labelledby={label}
          autoComplete="new-password"
          disabled={forbidden !== undefined}
          onChange={(event) => setTyped(event.currentTarget.value)}
          spellCheck={false}
          value={typed}
        />
      </div>
      <div className={styles.meta}>
        {kept === undefined ? null : (
          <Badge {...(kept ? { tone: "good" as const } : {})}>
            {t(kept ? "usage.settings.kept" : "usage.settings.notKept")}
          </Badge>
        )}
        <Button
          compact
          disabledReason={forbidden ?? (typed === "" ? t("usage.settings.typePassword") : undefined)}
          loading={put.pending}
          type="submit"
        >
          {t("usage.settings.keep")}
        </Button>
      </div>
      {put.error === undefined ? null : (
        <p className={styles.problem} role="alert">
          {errorText(t, put.error)}
        </p>
      )}
    </form>
  );
}
