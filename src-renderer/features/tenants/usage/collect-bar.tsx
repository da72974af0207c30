import { IconDownload } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { Site } from "../../../../src-shared/api/sites.api.ts";
import type { LedgerState } from "../../../../src-shared/model/tenants/usage.ts";
import { Button } from "../../../components/button.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { errorText } from "../../../components/error-text.ts";
import { RelativeTime } from "../../../components/quantity.tsx";
import { StatusShape } from "../../../components/status-shape.tsx";
import { useAnswer, useChange } from "../../../hooks/use-answer.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./usage.module.css";

type CollectedSite = LedgerState["collected"][number];

/** How far the lines of each site's query frontends were read: queries that others ran are known up to there. */
export function CollectBar({ site }: { readonly site: Site["id"] }): ReactElement {
  const t = useTranslate();
  const { data } = useAnswer("usage", "ledger", undefined);
  const collected = data?.collected ?? [];
  const here = collected.find((one) => one.site === site);
  const others = collected.filter((one) => one.site !== site);
  return (
    <footer aria-label={t("usage.collected")} className={styles.collect}>
      <span className={styles.collectTitle}>{t("usage.collected")}</span>
      <ul className={styles.sites}>
        {here === undefined ? (
          <li className={styles.site}>
            <StatusShape tone="idle" />
            <span>{site}</span>
            <span className={styles.muted}>{t("usage.collected.never")}</span>
          </li>
        ) : (
          <SiteLine collected={here} />
        )}
        {others.map((one) => (
          <SiteLine collected={one} key={one.site} />
        ))}
      </ul>
      <span className={styles.barEnd}>
        <CollectButton site={site} />
      </span>
    </footer>
  );
}

function SiteLine({ collected }: { readonly collected: CollectedSite }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { site, from, untilMs, lines, unreadable, error } = collected;
  const tone = error !== undefined ? "bad" : untilMs === null ? "idle" : unreadable > 0 ? "warning" : "good";
  return (
    <li className={styles.site}>
      <StatusShape tone={tone} />
      <span>{withVisibleCharacters(site)}</span>
      <span className={styles.muted}>
        {untilMs === null ? (
          error === undefined ? (
            t("usage.collected.never")
          ) : null
        ) : (
          <>
            {t("usage.collected.until")} <RelativeTime atMs={untilMs} />
            {from === null ? "" : ` · ${t(`usage.collected.from.${from}`)}`}
            {` · ${t("usage.collected.lines", { count: lines, lines: formats.number(lines) })}`}
          </>
        )}
      </span>
      {unreadable === 0 ? null : (
        <span className={styles.waiting}>
          {t("usage.collected.unreadable", { count: unreadable, lines: formats.number(unreadable) })}
        </span>
      )}
      {error === undefined ? null : (
        <span className={styles.refused}>{withVisibleCharacters(errorText(t, error))}</span>
      )}
    </li>
  );
}

/** Reads them now, and says what came of it. */
export function CollectButton({ site }: { readonly site: Site["id"] }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const forbidden = useForbidden("usage.read");
  const { fire, pending, error, data } = useChange("usage", "collect");
  return (
    <span className={styles.collectNow}>
      <span aria-live="polite" className={error === undefined ? styles.muted : styles.refused}>
        {error !== undefined
          ? errorText(t, error)
          : data === undefined
            ? ""
            : t("usage.collect.done", {
                count: data.added,
                added: formats.number(data.added),
                lines: formats.number(data.lines),
              })}
      </span>
      <Button compact disabledReason={forbidden} icon={IconDownload} loading={pending} onClick={() => fire({ site })}>
        {t("usage.collect")}
      </Button>
    </span>
  );
}
