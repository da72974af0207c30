import { IconPlugConnectedX, IconRefresh, IconVersions } from "@tabler/icons-react";
import { useEffect, useState, type ReactElement } from "react";
import type { WireError } from "../../src-shared/errors/wire-error.ts";
import { Button } from "../components/button.tsx";
import { ErrorPanel } from "../components/error-panel.tsx";
import { errorText } from "../components/error-text.ts";
import { StatusShape } from "../components/status-shape.tsx";
import { useTranslate } from "../hooks/use-translate.ts";
import styles from "./connection-views.module.css";

/** Shown late, so that a start of a tenth of a second does not flicker. */
const QUIET_MS = 400;

export function ConnectingView(): ReactElement {
  const t = useTranslate();
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), QUIET_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <main className={styles.full}>
      {shown ? (
        <output className={styles.connecting}>
          <StatusShape tone="working" />
          {t("app.connecting")}
        </output>
      ) : null}
    </main>
  );
}

/** The core was never reached: nothing can be shown yet. It is being tried again all the time. */
export function UnreachableView({ error }: { readonly error: WireError }): ReactElement {
  const t = useTranslate();
  return (
    <main className={styles.full}>
      <div className={styles.card}>
        <IconPlugConnectedX aria-hidden size={24} stroke={1.5} />
        <h1 className={styles.title}>{t("app.unreachable.title")}</h1>
        <p className={styles.text}>
          {error.code === "session.expired" ? t("app.unreachable.expired") : t("app.unreachable.text")}
        </p>
        <ErrorPanel error={error} />
        <div>
          <Button icon={IconRefresh} onClick={() => window.location.reload()} tone="primary">
            {t("app.reload")}
          </Button>
        </div>
      </div>
    </main>
  );
}

/** Page and core are of different builds: whatever one did here could mean something else there. Blocking. */
export function IncompatibleView({ error }: { readonly error: WireError | null }): ReactElement {
  const t = useTranslate();
  return (
    <main className={styles.full}>
      <div className={styles.card}>
        <IconVersions aria-hidden size={24} stroke={1.5} />
        <h1 className={styles.title}>{t("app.incompatible.title")}</h1>
        <p className={styles.text}>{t("app.incompatible.text")}</p>
        {error === null ? null : <ErrorPanel error={error} />}
        <div>
          <Button icon={IconRefresh} onClick={() => window.location.reload()} tone="primary">
            {t("app.reload")}
          </Button>
        </div>
      </div>
    </main>
  );
}

/** The connection broke while one was working: what is on the screen stays readable. */
export function LostBanner({ error }: { readonly error: WireError | null }): ReactElement {
  const t = useTranslate();
  const expired = error?.code === "session.expired";
  return (
    <div className={styles.banner} role="alert">
      <StatusShape tone={expired ? "bad" : "working"} />
      <strong>{expired ? t("app.lost.expiredTitle") : t("app.lost.title")}</strong>
      <span className={styles.bannerText}>
        {expired || error === null || error.code === "rpc.disconnected" ? t("app.lost.text") : errorText(t, error)}
      </span>
      {expired ? (
        <Button compact icon={IconRefresh} onClick={() => window.location.reload()}>
          {t("app.reload")}
        </Button>
      ) : null}
    </div>
  );
}
