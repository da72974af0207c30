import { IconFileCode, IconPencil } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { TenantsBoard } from "../../../../src-shared/model/tenants/board.ts";
import { Button } from "../../../components/button.tsx";
import { errorText } from "../../../components/error-text.ts";
import { RelativeTime } from "../../../components/quantity.tsx";
import { StatusShape, type StatusTone } from "../../../components/status-shape.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useNow } from "../../../hooks/use-now.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { useLimitChanges } from "../changes/limit-changes-context.ts";
import { isNear, isRefused, type BoardKind } from "./board-filter.ts";
import styles from "./board.module.css";

type Source = TenantsBoard["sources"][number];

const SOURCE_TONES: Readonly<Record<Source["state"], StatusTone>> = {
  read: "good",
  stale: "doubt",
  failed: "warning",
  absent: "idle",
};

/** Rounds are at most five minutes apart: what is older than this is old news. */
const LATE_MS = 360_000;

interface BoardBannerProps {
  readonly board: TenantsBoard;
  readonly onKind: (kind: BoardKind) => void;
}

/** The whole in two lines: who is near a limit, who is refused, and on what that rests. */
export function BoardBanner({ board, onKind }: BoardBannerProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const forbidden = useForbidden("tenants.limits");
  const { open } = useLimitChanges();
  const now = useNow(5_000);
  const late = now - board.atMs > LATE_MS;
  const near = board.tenants.filter(isNear).length;
  const refused = board.tenants.filter(isRefused).length;
  const count = (kind: BoardKind, tone: StatusTone, number: number): ReactElement => (
    <button className={styles.count} onClick={() => onKind(kind)} type="button">
      <StatusShape tone={number === 0 ? "good" : tone} />
      <span className={styles.countNumber}>{formats.number(number)}</span> {t(`limits.count.${kind}`)}
    </button>
  );
  return (
    <div className={styles.banner}>
      {count("near", "warning", near)}
      {count("refused", "bad", refused)}
      <span className={styles.fact}>
        {t("limits.tenants", {
          count: board.tenants.length + board.more,
          tenants: formats.number(board.tenants.length + board.more),
        })}
      </span>
      <span className={styles.fact} data-late={late || undefined}>
        {late ? <StatusShape tone="doubt" /> : null}
        {t(late ? "limits.asOfLate" : "limits.asOf")} <RelativeTime atMs={board.atMs} />
      </span>
      <span className={styles.bannerActions}>
        <Button compact disabledReason={forbidden} icon={IconPencil} onClick={() => open({ kind: "edits", edits: [] })}>
          {t("limits.changeLimits")}
        </Button>
        <Button
          compact
          disabledReason={forbidden}
          icon={IconFileCode}
          onClick={() => open({ kind: "file" })}
          tone="quiet"
        >
          {t("limits.editFile")}
        </Button>
      </span>
      <ul aria-label={t("limits.sources")} className={styles.sources}>
        {board.sources.map((source) => (
          <SourceSign key={source.source} source={source} />
        ))}
        {board.place === null ? null : (
          <li
            className={styles.source}
            title={t("limits.place.mountedBy", { workloads: formats.list(board.place.mountedBy) })}
          >
            {t("limits.place")} <code>{`${board.place.namespace}/${board.place.name} · ${board.place.key}`}</code>
          </li>
        )}
      </ul>
    </div>
  );
}

function SourceSign({ source }: { readonly source: Source }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { state, from, readAtMs, error } = source;
  const hover = [
    from,
    readAtMs === null ? null : formats.dateTime(readAtMs),
    error === undefined ? null : errorText(t, error),
  ].filter((part) => part !== null);
  return (
    <li className={styles.source} data-state={state} title={hover.join(" · ")}>
      <StatusShape tone={SOURCE_TONES[state]} />
      {t(`limits.source.of.${source.source}`)}
      {state === "read" ? null : <strong> {t(`limits.source.state.${state}`)}</strong>}
    </li>
  );
}
