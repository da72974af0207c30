import type { ReactElement } from "react";
import type { OverrideExpiry } from "../../../src-shared/model/tenants/board.ts";
import { withVisibleCharacters } from "../../components/control-characters.ts";
import { RelativeTime } from "../../components/quantity.tsx";
import { useFormats } from "../../hooks/use-formats.ts";
import { useNow } from "../../hooks/use-now.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import styles from "./tenants-screen.module.css";

/** One exception: whose, which, what it goes back to, when, and who set it. */
export function ExpiryLine({ expiry }: { readonly expiry: OverrideExpiry }): ReactElement {
  const t = useTranslate();
  const { tenant, key, value, restores, by } = expiry;
  return (
    <li className={styles.expiry}>
      <code>{withVisibleCharacters(tenant)}</code>
      <code>{key}</code>
      <span>
        <code>{withVisibleCharacters(value)}</code> →{" "}
        {restores === null ? t("limits.expiry.takenOut") : <code>{withVisibleCharacters(restores)}</code>}
      </span>
      <span className={styles.expiryWhen}>
        <ExpiryTime expiry={expiry} /> · {t("limits.expiry.by", { by: withVisibleCharacters(by) })}
      </span>
    </li>
  );
}

/** When it ends: the instant and what is left of it; how long ago, where it should have. */
export function ExpiryTime({ expiry }: { readonly expiry: OverrideExpiry }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const now = useNow();
  const { expiresAtMs, overdue } = expiry;
  if (overdue || expiresAtMs <= now) return <RelativeTime atMs={expiresAtMs} />;
  return (
    <time dateTime={new Date(expiresAtMs).toISOString()}>
      {t("limits.expiry.left", { at: formats.dateTime(expiresAtMs), left: formats.duration(expiresAtMs - now) })}
    </time>
  );
}
