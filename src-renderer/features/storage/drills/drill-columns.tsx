import type { Drill } from "../../../../src-shared/model/storage/recovery.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { RelativeTime } from "../../../components/quantity.tsx";
import { StatusShape, type StatusTone } from "../../../components/status-shape.tsx";
import type { TableColumn } from "../../../components/virtual-table.tsx";
import type { Formats } from "../../../hooks/formats.ts";
import type { Translate } from "../../../hooks/use-translate.ts";
import styles from "../plan/plan.module.css";

const TONES: Readonly<Record<Drill["result"], StatusTone>> = { passed: "good", failed: "bad", cancelled: "idle" };

export function drillColumns(t: Translate, formats: Formats): readonly TableColumn<Drill>[] {
  return [
    {
      id: "when",
      header: t("storage.drill.when"),
      width: "96px",
      render: ({ endedAtMs }) => <RelativeTime atMs={endedAtMs} />,
    },
    {
      id: "result",
      header: t("storage.drill.result"),
      width: "112px",
      render: ({ result }) => (
        <span className={styles.inline}>
          <StatusShape tone={TONES[result]} />
          {t(`storage.drill.result.${result}`)}
        </span>
      ),
    },
    {
      id: "who",
      header: t("storage.drill.who"),
      width: "minmax(96px, 0.8fr)",
      render: ({ principal }) => <span title={principal}>{withVisibleCharacters(principal)}</span>,
    },
    {
      id: "into",
      header: t("storage.drill.into"),
      width: "minmax(160px, 2fr)",
      render: ({ into }) => <span title={into}>{withVisibleCharacters(into)}</span>,
    },
    {
      id: "took",
      header: t("storage.drill.took"),
      width: "96px",
      align: "end",
      render: ({ startedAtMs, endedAtMs }) => formats.duration(endedAtMs - startedAtMs),
    },
    {
      id: "objects",
      header: t("storage.drill.objects"),
      width: "88px",
      align: "end",
      render: ({ objects }) => formats.number(objects),
    },
    {
      id: "bytes",
      header: t("storage.drill.bytes"),
      width: "96px",
      align: "end",
      render: ({ bytes }) => <span title={formats.bytesExact(bytes)}>{formats.bytes(bytes)}</span>,
    },
    {
      id: "rate",
      header: t("storage.drill.rate"),
      width: "104px",
      align: "end",
      render: ({ bytesPerSecond }) => (bytesPerSecond === null ? "–" : formats.bytesRate(bytesPerSecond)),
    },
    {
      id: "lost",
      header: t("storage.drill.lost"),
      width: "104px",
      align: "end",
      render: ({ lostMinutes }) => formats.number(lostMinutes),
    },
  ];
}
