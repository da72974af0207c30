import { IconArchive } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { StatusShape } from "../components/status-shape.tsx";
import { useCurrentArchive } from "../hooks/use-archives.ts";
import { useFormats } from "../hooks/use-formats.ts";
import { siteTone, useCurrentSite } from "../hooks/use-sites.ts";
import { useStatusLine } from "../hooks/status-line.ts";
import { useTranslate } from "../hooks/use-translate.ts";
import { JobTray } from "./job-tray.tsx";
import { LastScanStatus } from "./last-scan-status.tsx";
import styles from "./status-bar.module.css";
import type { ConnectionState } from "../rpc/connection-state.ts";

interface StatusBarProps {
  readonly connection: ConnectionState["state"];
  readonly version: string;
}

function SiteStatus(): ReactElement | null {
  const t = useTranslate();
  const { site } = useCurrentSite();
  const { id, archive } = useCurrentArchive();
  if (id !== null) {
    return (
      <span className={styles.item}>
        <IconArchive aria-hidden size={14} stroke={1.5} />
        <span className={styles.name}>{archive?.title ?? id}</span>
        <span>{t("app.archive.offline")}</span>
      </span>
    );
  }
  if (site === undefined) return null;
  return (
    <span className={styles.item}>
      <StatusShape tone={siteTone(site.state)} />
      <span className={styles.name}>{site.name}</span>
      <span>{t(`app.siteState.${site.state}`)}</span>
    </span>
  );
}

function TailStatusItem(): ReactElement | null {
  const t = useTranslate();
  const formats = useFormats();
  const tail = useStatusLine((state) => state.tail);
  if (tail === null) return null;
  return (
    <>
      <span className={styles.item}>
        {t("app.status.tail", { state: t(`app.tailState.${tail.state}`), rate: formats.rate(tail.rowsPerSecond) })}
      </span>
      <span className={styles.item} data-alarm={tail.dropped > 0 || undefined}>
        {tail.dropped > 0 ? <StatusShape tone="warning" /> : null}
        {t("app.status.dropped", { count: tail.dropped, dropped: formats.number(tail.dropped) })}
      </span>
      {tail.gaps > 0 ? (
        <span className={styles.item} data-alarm>
          <StatusShape tone="warning" />
          {t("app.status.gaps", { count: tail.gaps })}
        </span>
      ) : null}
    </>
  );
}

/** What goes on, in one line. Each figure has its word; nothing here moves the layout. */
export function StatusBar({ connection, version }: StatusBarProps): ReactElement {
  const t = useTranslate();
  return (
    <footer className={styles.bar}>
      <SiteStatus />
      <TailStatusItem />
      <JobTray />
      <LastScanStatus />
      <span className={styles.right}>
        <span className={styles.item}>{t("app.status.version", { version })}</span>
        <span className={styles.item}>
          <StatusShape tone={connection === "open" ? "good" : connection === "connecting" ? "working" : "bad"} />
          {t(`app.connection.${connection}`)}
        </span>
      </span>
    </footer>
  );
}
