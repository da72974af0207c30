import type { RunbookRun } from "../../../../src-shared/model/storage/recovery.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { RelativeTime } from "../../../components/quantity.tsx";
import { StatusShape, type StatusTone } from "../../../components/status-shape.tsx";
import type { TableColumn } from "../../../components/virtual-table.tsx";
import type { Formats } from "../../../hooks/formats.ts";
import type { Translate } from "../../../hooks/use-translate.ts";
import styles from "../plan/plan.module.css";

export type RunState = "open" | "ended" | "endedFailed";

const TONES: Readonly<Record<RunState, StatusTone>> = { open: "working", ended: "good", endedFailed: "warning" };

export function runState({ endedAtMs, steps }: RunbookRun): RunState {
  if (endedAtMs === null) return "open";
  return steps.some(({ state }) => state === "failed") ? "endedFailed" : "ended";
}

export function runColumns(t: Translate, formats: Formats): readonly TableColumn<RunbookRun>[] {
  return [
    {
      id: "started",
      header: t("runbook.column.started"),
      width: "96px",
      render: ({ startedAtMs }) => <RelativeTime atMs={startedAtMs} />,
    },
    {
      id: "runbook",
      header: t("runbook.column.runbook"),
      width: "minmax(200px, 2fr)",
      render: ({ runbook }) => t.dynamic(`runbook.${runbook}.title`, {}, runbook),
    },
    {
      id: "state",
      header: t("runbook.column.state"),
      width: "minmax(120px, 1fr)",
      render: (run) => {
        const state = runState(run);
        return (
          <span className={styles.inline}>
            <StatusShape tone={TONES[state]} />
            {t(`runbook.run.${state}`)}
          </span>
        );
      },
    },
    {
      id: "progress",
      header: t("runbook.column.progress"),
      width: "104px",
      align: "end",
      render: ({ steps }) => {
        const settled = steps.filter(({ state }) => state !== "open").length;
        return `${formats.number(settled)} / ${formats.number(steps.length)}`;
      },
    },
    {
      id: "by",
      header: t("runbook.column.by"),
      width: "minmax(96px, 0.8fr)",
      render: ({ startedBy }) => <span title={startedBy}>{withVisibleCharacters(startedBy)}</span>,
    },
    {
      id: "store",
      header: t("runbook.column.store"),
      width: "minmax(96px, 1fr)",
      render: ({ store }) => (store === null ? "–" : <span title={store}>{withVisibleCharacters(store)}</span>),
    },
  ];
}
