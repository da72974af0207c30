import { useState, type ReactElement } from "react";
import { MAX_EXPIRY_MINUTES } from "../../../../src-shared/model/tenants/limit-change.ts";
import { CodeText } from "../../../components/code-text.tsx";
import { NumberField, SelectField } from "../../../components/field.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./edits-form.module.css";

const MINUTE_MS = 60_000;
const QUICK_MINUTES = [30, 60, 120, 480, 1_440, 10_080] as const;

interface ExpiryFieldProps {
  /** `undefined`: it stays. */
  readonly minutes: number | undefined;
  readonly onMinutes: (minutes: number | undefined) => void;
}

/** For how long it shall hold: for good, or for a while, after which every value goes back by itself. */
export function ExpiryField({ minutes, onMinutes }: ExpiryFieldProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const quick = QUICK_MINUTES.some((one) => one === minutes);
  const [other, setOther] = useState(minutes !== undefined && !quick);
  const chosen = other ? "other" : minutes === undefined ? "stays" : String(minutes);
  return (
    <div className={styles.expiry}>
      <SelectField
        choices={[
          { value: "stays", label: t("limits.expiry.stays") },
          ...QUICK_MINUTES.map((one) => ({
            value: String(one),
            label: t("limits.expiry.for", { time: formats.duration(one * MINUTE_MS) }),
          })),
          { value: "other", label: t("limits.expiry.other") },
        ]}
        label={t("limits.expiry.label")}
        onChange={(value) => {
          setOther(value === "other");
          if (value === "stays") onMinutes(undefined);
          else if (value !== "other") onMinutes(Number(value));
        }}
        value={chosen}
      />
      {other ? (
        <NumberField
          label={t("limits.expiry.minutes")}
          max={MAX_EXPIRY_MINUTES}
          min={1}
          onChange={(next) =>
            onMinutes(next === null ? undefined : Math.min(MAX_EXPIRY_MINUTES, Math.max(1, Math.round(next))))
          }
          value={minutes ?? null}
        />
      ) : null}
      <p className={styles.expiryText}>
        <CodeText text={t(minutes === undefined ? "limits.expiry.staysText" : "limits.expiry.forText")} />
      </p>
    </div>
  );
}
