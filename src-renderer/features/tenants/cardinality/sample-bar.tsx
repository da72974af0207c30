import { SegmentedControl, Select, TextInput } from "@mantine/core";
import { IconScan } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import { Button } from "../../../components/button.tsx";
import { errorText } from "../../../components/error-text.ts";
import { useChange } from "../../../hooks/use-answer.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import type { OutputOf } from "../../../rpc/procedure-names.ts";
import styles from "./cardinality.module.css";
import type { TenantPlace } from "./tenant-place.ts";

const RANGES = [
  { value: "60", label: "1h" },
  { value: "360", label: "6h" },
  { value: "1440", label: "24h" },
  { value: "10080", label: "7d" },
];
const SAMPLE_LINES = 5_000;

interface SampleBarProps {
  readonly place: TenantPlace;
  readonly reports: OutputOf<"cardinality", "reports">;
  readonly chosen: string | null;
  readonly onChoose: (job: string) => void;
  readonly onStarted: (job: string) => void;
}

/** Takes a sample, and goes back to those that were taken. */
export function SampleBar({ place, reports, chosen, onChoose, onStarted }: SampleBarProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const forbidden = useForbidden("cardinality.sample");
  const start = useChange("cardinality", "start");
  const [selector, setSelector] = useState("");
  const [minutes, setMinutes] = useState("60");
  const sample = (): void => {
    const request = { ...place, selector, lastMinutes: Number(minutes), sampleLines: SAMPLE_LINES };
    start.run(request).then(
      ({ job }) => onStarted(job),
      // The command keeps its failure; it is told below.
      () => {},
    );
  };
  return (
    <form
      className={styles.bar}
      onSubmit={(event) => {
        event.preventDefault();
        if (forbidden === undefined) sample();
      }}
    >
      <span className={styles.tenant}>{place.tenant}</span>
      <TextInput
        aria-label={t("cardinality.selector")}
        autoComplete="off"
        className={styles.selector ?? ""}
        onChange={(event) => setSelector(event.currentTarget.value)}
        placeholder={t("cardinality.selectorAll")}
        spellCheck={false}
        value={selector}
      />
      <SegmentedControl aria-label={t("cardinality.range")} data={RANGES} onChange={setMinutes} value={minutes} />
      <Button disabledReason={forbidden} icon={IconScan} loading={start.pending} onClick={sample} tone="primary">
        {t("cardinality.sample")}
      </Button>
      {start.error === undefined ? null : (
        <span className={styles.refused} role="alert">
          {errorText(t, start.error)}
        </span>
      )}
      {reports.length === 0 ? null : (
        <Select
          allowDeselect={false}
          aria-label={t("cardinality.history")}
          className={styles.history ?? ""}
          data={reports.map(({ job, takenAtMs, series }) => ({
            value: job,
            label: t("cardinality.historyEntry", {
              when: formats.dateTime(takenAtMs),
              streams: formats.number(series),
            }),
          }))}
          onChange={(job) => {
            if (job !== null) onChoose(job);
          }}
          value={chosen}
        />
      )}
    </form>
  );
}
