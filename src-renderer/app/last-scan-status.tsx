import { UnstyledButton } from "@mantine/core";
import type { ReactElement } from "react";
import { StatusShape } from "../components/status-shape.tsx";
import { scanVerdict, verdictTone } from "../components/scan-verdict.ts";
import { useFormats } from "../hooks/use-formats.ts";
import { useLastScan } from "../hooks/use-last-scan.ts";
import { useNow } from "../hooks/use-now.ts";
import { useForbidden } from "../hooks/use-permission.ts";
import { useCurrentSite } from "../hooks/use-sites.ts";
import { useTranslate } from "../hooks/use-translate.ts";
import { useWorkspace } from "../hooks/workspace-store.ts";
import styles from "./status-bar.module.css";

const MINUTE_MS = 60_000;

/** "last scan clean 3 h ago" of the open site's own store. Where none is known, nothing is said. */
export function LastScanStatus(): ReactElement | null {
  const t = useTranslate();
  const formats = useFormats();
  const now = useNow(MINUTE_MS);
  const { site } = useCurrentSite();
  const inArchive = useWorkspace((state) => state.source.kind === "archive");
  const showStorage = useWorkspace((state) => state.showStorage);
  const forbidden = useForbidden("storage.read");
  const asked = site === undefined || inArchive || forbidden !== undefined ? undefined : site.id;
  const { store, scan } = useLastScan(asked);
  if (store === undefined || store === null || scan === undefined) return null;
  const verdict = scan === null ? null : scanVerdict(scan);
  const atMs = scan === null ? now : (scan.endedAtMs ?? scan.startedAtMs);
  return (
    <UnstyledButton className={styles.link} onClick={() => showStorage({ tab: "overview", store: store.id })}>
      <StatusShape tone={verdict === null ? "idle" : verdictTone(verdict)} />
      <span title={scan === null ? undefined : formats.dateTime(atMs)}>
        {verdict === null
          ? t("storage.status.never")
          : verdict === "open"
            ? t("storage.status.running")
            : t("storage.status.lastScan", {
                verdict: t(`storage.status.word.${verdict}`),
                time: formats.relative(Math.min(atMs, now), now),
              })}
      </span>
    </UnstyledButton>
  );
}
