import { UnstyledButton } from "@mantine/core";
import { IconLogout } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { Tip } from "../components/tip.tsx";
import { useFormats } from "../hooks/use-formats.ts";
import { useNotice } from "../hooks/use-notice.tsx";
import { useTranslate } from "../hooks/use-translate.ts";
import { useConnection } from "../rpc/rpc-context.tsx";
import { signOut } from "../rpc/sign-out.ts";
import styles from "./session-controls.module.css";

/** Who signed in, for which tenants and until when, and the way out. Nothing on the desktop and behind a start link. */
export function SignedIn(): ReactElement | null {
  const t = useTranslate();
  const formats = useFormats();
  const tell = useNotice();
  const signedIn = useConnection((state) => state.hello?.signedIn);
  if (signedIn === undefined) return null;
  const { name, tenants, expiresAtMs } = signedIn;
  const scope =
    tenants === null
      ? t("identity.session.everyTenant")
      : t("identity.session.tenants", { count: tenants, tenants: formats.number(tenants) });
  const leave = () => {
    signOut().catch(() => tell("error", t("identity.session.notSignedOut")));
  };
  return (
    <Tip label={t("identity.session.tip", { name, scope, until: formats.dateTime(expiresAtMs) })}>
      <UnstyledButton aria-label={t("identity.session.signOut", { name })} className={styles.button} onClick={leave}>
        <IconLogout aria-hidden size={16} stroke={1.5} />
        <span className={styles.person}>{name}</span>
      </UnstyledButton>
    </Tip>
  );
}
