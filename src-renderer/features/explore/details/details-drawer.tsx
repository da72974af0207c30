import { IconArrowsVertical } from "@tabler/icons-react";
import { memo, useMemo, type ReactElement } from "react";
import type { EntryRow } from "../../../../src-shared/model/log-row.ts";
import { Button } from "../../../components/button.tsx";
import { CopyButton } from "../../../components/copy-button.tsx";
import { Drawer } from "../../../components/drawer.tsx";
import { IconButton } from "../../../components/icon-button.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { isCut } from "../rows/row-layout.ts";
import { LEVEL_SIGNS, levelColor } from "../levels/level-sign.ts";
import type { RowInHand } from "../rows/use-row.ts";
import { useRowWords } from "../rows/use-row-words.ts";
import { copyRows } from "../session/copy-rows.ts";
import type { LogsClient, ResultSetView } from "../session/result-set-view.ts";
import { BytesView } from "./bytes-view.tsx";
import { ContextView } from "./context-view.tsx";
import styles from "./details.module.css";
import { FieldTable, type FieldActions } from "./field-table.tsx";
import { JsonView } from "./json-view.tsx";
import { logfmtPairs } from "./logfmt-pairs.ts";
import { LogfmtView } from "./logfmt-view.tsx";
import { looksLikeJson } from "./pretty-json.ts";
import { RawView } from "./raw-view.tsx";
import { rowFields } from "./row-fields.ts";
import { MAX_HEX_BYTES } from "./read-line-bytes.ts";
import { useLine } from "./use-line.ts";
import { hasBrokenBytes } from "./utf8-faults.ts";

export type DetailsTab = "fields" | "pretty" | "raw" | "bytes" | "context";

interface DetailsDrawerProps extends FieldActions {
  readonly client: LogsClient;
  readonly view: ResultSetView;
  readonly hand: RowInHand & { readonly row: EntryRow };
  readonly tab: DetailsTab;
  readonly onTab: (tab: DetailsTab) => void;
  readonly wrap: boolean;
  readonly onClose: () => void;
}

/** Everything about one line, beside the list. */
export const DetailsDrawer = memo(function DetailsDrawer(props: DetailsDrawerProps): ReactElement {
  const { client, view, hand, tab, onTab, wrap, onClose, ...actions } = props;
  const { row, labels } = hand;
  const t = useTranslate();
  const words = useRowWords();
  const mayNotCopy = useForbidden("logs.export");
  const sign = LEVEL_SIGNS[row.level];
  const isBroken = hasBrokenBytes(row.line, row.lineBytes, isCut(row));
  // The bytes come with a copy of the row, for which one must be allowed to copy.
  const canShowBytes = isBroken && mayNotCopy === undefined && row.lineBytes <= MAX_HEX_BYTES;
  const tabs: readonly DetailsTab[] = [
    "fields",
    ...(hasPretty(row) ? (["pretty"] as const) : []),
    "raw",
    ...(canShowBytes ? (["bytes"] as const) : []),
    "context",
  ];
  const shown = tabs.includes(tab) ? tab : "fields";
  return (
    <Drawer
      actions={
        <>
          <IconButton
            icon={IconArrowsVertical}
            label={t("explore.context.open")}
            onClick={() => onTab("context")}
            shortcut="c"
          />
          {mayNotCopy === undefined ? (
            <CopyButton
              label={t("explore.details.copyLine")}
              size={28}
              text={() => copyRows(client, view.id, { from: row.row, to: row.row + 1 }, "text")}
            />
          ) : null}
        </>
      }
      initialWidth={480}
      onClose={onClose}
      takeFocus={false}
      title={
        <span className={styles.title}>
          <span style={{ color: levelColor(row.level) }}>
            <span aria-hidden>{sign.shape}</span> {t(`explore.level.${row.level}`)}
          </span>
          <span className={styles.titleTime} title={words.exactTime(row.timestampNs)}>
            {words.time(row.timestampNs, true)}
          </span>
        </span>
      }
    >
      <div className={styles.body}>
        <div aria-label={t("explore.details.views")} className={styles.tabs} role="tablist">
          {tabs.map((name) => (
            <button
              aria-controls="explore-details-panel"
              aria-selected={name === shown}
              className={styles.tab}
              id={`explore-details-${name}`}
              key={name}
              onClick={() => onTab(name)}
              onKeyDown={(event) => {
                const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
                if (step === undefined) return;
                const next = tabs[(tabs.indexOf(name) + step + tabs.length) % tabs.length] ?? name;
                onTab(next);
                document.getElementById(`explore-details-${next}`)?.focus();
              }}
              role="tab"
              tabIndex={name === shown ? 0 : -1}
              type="button"
            >
              {t(`explore.details.tab.${name}`)}
            </button>
          ))}
          <Size row={row} />
        </div>
        <div
          aria-labelledby={`explore-details-${shown}`}
          className={styles.tabPanel}
          id="explore-details-panel"
          role="tabpanel"
          tabIndex={-1}
        >
          {isBroken && shown !== "bytes" && shown !== "context" ? (
            <p className={styles.broken}>
              <span>{t("explore.bytes.broken")}</span>
              {canShowBytes ? (
                <Button compact onClick={() => onTab("bytes")} tone="quiet">
                  {t("explore.bytes.show")}
                </Button>
              ) : null}
            </p>
          ) : null}
          {shown === "bytes" ? (
            <BytesView client={client} row={row.row} view={view} />
          ) : shown === "context" ? (
            <ContextView
              client={client}
              columns={actions.columns}
              key={`${view.id} ${row.row}`}
              labels={labels}
              row={row.row}
              view={view}
              wrap={wrap}
            />
          ) : (
            <LineTabs actions={actions} client={client} hand={hand} tab={shown} view={view} />
          )}
        </div>
      </div>
    </Drawer>
  );
});

interface LineTabsProps {
  readonly client: LogsClient;
  readonly view: ResultSetView;
  readonly hand: RowInHand & { readonly row: EntryRow };
  readonly tab: "fields" | "pretty" | "raw";
  readonly actions: FieldActions;
}

function LineTabs({ client, view, hand, tab, actions }: LineTabsProps): ReactElement {
  const { row, labels } = hand;
  const fields = useMemo(() => rowFields(row, labels), [row, labels]);
  const line = useLine(client, view, row);
  if (tab === "fields") {
    return (
      <div className={styles.scroll}>
        <FieldTable fields={fields} {...actions} />
      </div>
    );
  }
  if (tab === "raw") return <RawView line={line} />;
  return looksLikeJson(row.line) ? <JsonView line={line} /> : <LogfmtView line={row.line} />;
}

function Size({ row }: { readonly row: EntryRow }): ReactElement {
  const formats = useFormats();
  return (
    <span className={styles.size} title={formats.bytesExact(row.lineBytes)}>
      {formats.bytes(row.lineBytes)}
    </span>
  );
}

function hasPretty(row: EntryRow): boolean {
  return looksLikeJson(row.line) || logfmtPairs(row.line) !== null;
}
