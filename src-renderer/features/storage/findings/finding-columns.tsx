import { Checkbox } from "@mantine/core";
import type { ReactElement } from "react";
import type { KeptFinding } from "../../../../src-shared/model/storage/scan.ts";
import { Badge } from "../../../components/badge.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { Bytes } from "../../../components/quantity.tsx";
import { StatusShape } from "../../../components/status-shape.tsx";
import type { TableColumn } from "../../../components/virtual-table.tsx";
import type { Formats } from "../../../hooks/formats.ts";
import type { Translate } from "../../../hooks/use-translate.ts";
import { severityTone } from "../../../components/severity.ts";
import { timesText } from "./finding-text.ts";
import styles from "./findings.module.css";
import type { Selection } from "./use-selection.ts";

interface ColumnInputs {
  readonly t: Translate;
  readonly formats: Formats;
  readonly selection: Selection;
  readonly listed: readonly KeptFinding[];
}

export function findingColumns({ t, formats, selection, listed }: ColumnInputs): readonly TableColumn<KeptFinding>[] {
  const unknown = <span className={styles.muted}>{t("storage.unknown")}</span>;
  return [
    {
      id: "chosen",
      header: <ChooseListed listed={listed} selection={selection} t={t} />,
      width: "44px",
      render: (kept) => <ChooseOne kept={kept} selection={selection} t={t} />,
    },
    {
      id: "kind",
      header: t("storage.findings.kind"),
      width: "minmax(216px, 260px)",
      render: ({ finding: { kind, severity }, state }) => (
        <span className={styles.kindCell}>
          <StatusShape label={t(`storage.severity.${severity}`)} tone={severityTone(severity)} />
          <span className={styles.kindName}>{t(`storage.finding.${kind}.title`)}</span>
          {state === "stayed" ? null : <Badge>{t(`storage.findings.state.${state}`)}</Badge>}
        </span>
      ),
    },
    {
      id: "tenant",
      header: t("storage.tenant"),
      width: "minmax(80px, 130px)",
      render: ({ finding: { tenant } }) => (tenant === null ? unknown : withVisibleCharacters(tenant)),
    },
    {
      id: "key",
      header: t("storage.findings.key"),
      width: "minmax(200px, 1fr)",
      render: ({ finding: { key } }) => (
        <span className={styles.mono} title={withVisibleCharacters(key)}>
          {withVisibleCharacters(key)}
        </span>
      ),
    },
    {
      id: "times",
      header: t("storage.findings.times", { zone: formats.timeZone === "utc" ? "UTC" : t("storage.findings.local") }),
      width: "minmax(230px, 250px)",
      render: ({ finding }) => {
        const text = timesText(finding, formats);
        return text === null ? unknown : <span className={styles.figures}>{text}</span>;
      },
    },
    {
      id: "bytes",
      header: t("storage.bytes"),
      width: "88px",
      align: "end",
      render: ({ finding: { bytes } }) => <Bytes value={bytes} />,
    },
    {
      id: "lost",
      header: t("storage.findings.lost"),
      width: "104px",
      align: "end",
      render: ({ finding: { entriesLost } }) => (entriesLost === null ? unknown : formats.number(entriesLost)),
    },
  ];
}

interface ChooseOneProps {
  readonly kept: KeptFinding;
  readonly selection: Selection;
  readonly t: Translate;
}

function ChooseOne({ kept: { id, finding, state }, selection, t }: ChooseOneProps): ReactElement | null {
  // What is gone can neither be set aside nor restored.
  if (state === "vanished") return null;
  return (
    <Checkbox
      aria-label={t("storage.findings.choose", {
        kind: t(`storage.finding.${finding.kind}.title`),
        key: withVisibleCharacters(finding.key),
      })}
      checked={selection.ids.has(id)}
      onChange={() => selection.toggle(id)}
      // A press here chooses; beside it, it opens.
      onClick={(event) => event.stopPropagation()}
      size="xs"
      tabIndex={-1}
    />
  );
}

interface ChooseListedProps {
  readonly listed: readonly KeptFinding[];
  readonly selection: Selection;
  readonly t: Translate;
}

function ChooseListed({ listed, selection, t }: ChooseListedProps): ReactElement {
  const ids = listed.filter(({ state }) => state !== "vanished").map(({ id }) => id);
  const chosen = ids.filter((id) => selection.ids.has(id)).length;
  return (
    <Checkbox
      aria-label={t("storage.findings.chooseListed")}
      checked={ids.length > 0 && chosen === ids.length}
      indeterminate={chosen > 0 && chosen < ids.length}
      onChange={() => selection.set(chosen === ids.length ? [] : ids)}
      size="xs"
    />
  );
}
