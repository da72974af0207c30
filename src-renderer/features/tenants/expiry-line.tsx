import type { ReactElement } from "react";
import type { OverrideExpiry } from "../../../src-shared/model/tenants/board.ts";
import { withVisibleCharacters } from "../../components/control-characters.ts";
import { RelativeTime } from "../../components/quantity.tsx";
import { useTranslate } from "../../hooks/use-translate.ts";
import styles from "./tenants-screen.module.css";

/** One exception: whose, which, what it goes back to, when, and who set it. */
export function ExpiryLine({ expiry }: { readonly expiry: OverrideExpiry }): ReactElement {
  const t = useTranslate();
  const { tenant, key, value, restores, expiresAtMs, by } = expiry;
  return (
    <li className={styles.expiry}>
      <code>{withVisibleCharacters(tenant)}</code>
      <code>{key}</code>
      <span>
        <code>{withVisibleCharacters(value)}</code> →{" "}
        {restores === null ? t("limits.expiry.takenOut") : <code>{withVisibleCharacters(restores)}</code>}
      </span>
      <span className={styles.expiryWhen}>
        <RelativeTime atMs={expiresAtMs} /> · {t("limits.expiry.by", { by: withVisibleCharacters(by) })}
      </span>
    </li>
  );
}
