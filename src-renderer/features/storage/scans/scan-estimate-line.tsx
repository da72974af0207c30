import type { ReactElement } from "react";
import { StatusShape } from "../../../components/status-shape.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import type { ScanEstimate } from "./scan-draft.ts";
import styles from "./scans.module.css";

interface ScanEstimateLineProps {
  readonly estimate: ScanEstimate | null;
  /** The overview is there; without it nothing is said. */
  readonly known: boolean;
}

/** How much the scan will read, and what that is known from. */
export function ScanEstimateLine({ estimate, known }: ScanEstimateLineProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  return (
    <output className={styles.estimate}>
      <StatusShape tone={estimate === null ? "doubt" : "idle"} />
      <span>
        {estimate === null
          ? known
            ? t("storage.scan.estimateUnknown")
            : t("app.loading")
          : `${t("storage.scan.estimate", {
              bytes: formats.bytes(estimate.bytes),
              chunks: formats.number(estimate.chunks),
            })}${estimate.partial ? ` ${t("storage.scan.estimatePartial")}` : ""}`}
      </span>
    </output>
  );
}
