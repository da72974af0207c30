import {
  IconColumns3,
  IconCopy,
  IconPackageExport,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerStop,
  IconPlaylistAdd,
  IconSearch,
  IconTextWrap,
} from "@tabler/icons-react";
import type { ReactElement } from "react";
import { Button } from "../../components/button.tsx";
import { IconButton } from "../../components/icon-button.tsx";
import { StatusShape } from "../../components/status-shape.tsx";
import { useFormats } from "../../hooks/use-formats.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import { CompletenessBadge } from "./completeness/completeness-badge.tsx";
import { processedText } from "./cost/processed-text.ts";
import styles from "./explore.module.css";
import { MenuButton } from "./floating/menu-button.tsx";
import type { ResultSetSnapshot } from "./session/result-set-view.ts";
import type { Copying } from "./session/use-copying.ts";
import { CAPSULE_SHORTCUT, EXPORT_SHORTCUT, type ExploreExports } from "./use-explore-exports.ts";

interface ResultBarProps {
  readonly snapshot: ResultSetSnapshot;
  readonly live: boolean;
  /** Read from a server. */
  readonly remote: boolean;
  readonly follow: boolean;
  readonly newRows: number;
  readonly onFollow: () => void;
  readonly onPause: () => void;
  readonly onStop: () => void;
  readonly onReadAll: (() => void) | null;
  readonly onRaiseLimit: ((limit: number) => void) | null;
  readonly wrap: boolean;
  readonly onWrap: () => void;
  readonly onFind: () => void;
  readonly facetsOpen: boolean;
  readonly onFacets: () => void;
  readonly copying: Copying;
  readonly exports: ExploreExports;
  /** What the rows are when they are not the whole result: a filter, with the way back. */
  readonly filter: { readonly title: string; readonly onLeave: () => void } | null;
}

/** About the result: how much, how fast, whether whole; and how it is looked at. */
export function ResultBar(props: ResultBarProps): ReactElement {
  const { snapshot, live, filter, copying, exports } = props;
  const { state } = snapshot;
  const t = useTranslate();
  const formats = useFormats();
  const reading = state.phase === "reading";
  return (
    <div aria-label={t("explore.result.bar")} className={styles.resultBar} role="toolbar">
      {filter === null ? null : (
        <span className={styles.filterTag}>
          <span className={styles.filterTitle}>{filter.title}</span>
          <Button compact onClick={filter.onLeave} tone="quiet">
            {t("explore.result.leaveFilter")}
          </Button>
        </span>
      )}
      {live ? <LiveState {...props} /> : null}
      <span className={styles.figure} data-testid="row-count">
        {t("explore.result.rows", { count: state.rows, rows: formats.number(state.rows) })}
      </span>
      <span className={styles.quiet} title={formats.bytesExact(state.bytes)}>
        {formats.bytes(state.bytes)}
      </span>
      {reading ? (
        <span className={styles.quiet}>
          <StatusShape tone="working" /> {formats.rate(Math.round(state.rowsPerSecond))}
        </span>
      ) : null}
      {reading ? (
        <Button compact icon={IconPlayerStop} onClick={props.onStop}>
          {t("explore.result.stop")}
        </Button>
      ) : null}
      {copying.status === null ? null : (
        <output className={styles.quiet}>
          {copying.status}
          {copying.onCancel === null ? null : (
            <Button compact onClick={copying.onCancel} tone="quiet">
              {t("explore.export.cancel")}
            </Button>
          )}
        </output>
      )}
      <span className={styles.gap} />
      {state.stats.bytesProcessed > 0 ? (
        <span className={styles.processed} title={formats.bytesExact(state.stats.bytesProcessed)}>
          {processedText(state.stats, t, formats)}
        </span>
      ) : null}
      <CompletenessBadge
        completeness={state.completeness}
        onRaiseLimit={live || filter !== null ? null : props.onRaiseLimit}
        onReadAll={live || filter !== null ? null : props.onReadAll}
        reading={reading}
        remote={props.remote}
        stats={state.stats}
      />
      <MenuButton entries={copying.entries} icon={IconCopy} label={t("explore.export.menu")} />
      <IconButton
        disabledReason={exports.mayNotExport}
        icon={IconPackageExport}
        label={t("exports.open")}
        onClick={exports.openExport}
        shortcut={EXPORT_SHORTCUT}
      />
      <IconButton
        disabledReason={exports.mayNotAdd}
        icon={IconPlaylistAdd}
        label={t("exports.capsule.addCommand")}
        onClick={exports.addToCapsule}
        shortcut={CAPSULE_SHORTCUT}
      />
      <IconButton icon={IconSearch} label={t("explore.find.open")} onClick={props.onFind} shortcut="f" />
      <IconButton
        icon={IconTextWrap}
        label={t("explore.list.wrap")}
        onClick={props.onWrap}
        pressed={props.wrap}
        shortcut="w"
      />
      <IconButton
        icon={IconColumns3}
        label={t("explore.facets.toggle")}
        onClick={props.onFacets}
        pressed={props.facetsOpen}
        shortcut="]"
      />
    </div>
  );
}

function LiveState({ snapshot, follow, newRows, onFollow, onPause }: ResultBarProps): ReactElement {
  const { state } = snapshot;
  const t = useTranslate();
  const formats = useFormats();
  const ended = state.phase === "stopped" || state.phase === "failed" || state.phase === "done";
  const tone = state.phase === "reconnecting" ? "warning" : ended || !follow ? "idle" : "good";
  const word = ended ? "stopped" : state.phase === "reconnecting" ? "reconnecting" : follow ? "following" : "paused";
  return (
    <>
      <span className={styles.liveTag} data-tone={tone}>
        <StatusShape tone={tone} /> {t(`explore.live.${word}`)}
      </span>
      {ended ? null : (
        <>
          <Button compact icon={follow ? IconPlayerPause : IconPlayerPlay} onClick={follow ? onPause : onFollow}>
            {follow ? t("explore.live.pause") : t("explore.live.resume")}
          </Button>
          <span className={styles.quiet}>{formats.rate(Math.round(state.rowsPerSecond))}</span>
        </>
      )}
      {newRows > 0 && !follow ? (
        <Button compact onClick={onFollow} tone="primary">
          {t("explore.live.new", { count: newRows, rows: formats.number(newRows) })}
        </Button>
      ) : null}
      <span className={state.dropped > 0 ? styles.alarm : styles.quiet}>
        {t("explore.live.dropped", { count: state.dropped, dropped: formats.number(state.dropped) })}
      </span>
      {state.gaps > 0 ? (
        <span className={styles.alarm}>
          {t("explore.live.gaps", { count: state.gaps, gaps: formats.number(state.gaps) })}
        </span>
      ) : null}
    </>
  );
}
