import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { useId, useState, type ReactElement } from "react";
import type { RecoveryFacts } from "../../../../src-shared/model/storage/recovery.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { readableParams } from "../../../components/operation-text.ts";
import { StatusShape, type StatusTone } from "../../../components/status-shape.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./recovery.module.css";

type Part = RecoveryFacts["rpo"]["parts"][number];

const TONES: Readonly<Record<Part["state"], StatusTone>> = { known: "good", unknown: "doubt", absent: "idle" };

/** What the recovery point is known from, line by line; a click shows what was read. */
export function RpoParts({ parts }: { readonly parts: readonly Part[] }): ReactElement {
  const t = useTranslate();
  return (
    <section aria-label={t("storage.recovery.parts")} className={styles.parts}>
      {parts.map((part) => (
        <PartLine key={part.what} part={part} />
      ))}
    </section>
  );
}

function PartLine({ part }: { readonly part: Part }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const id = useId();
  const [open, setOpen] = useState(false);
  const { what, state, ms, reason, params, evidence } = part;
  const label = t(`storage.rpo.${what}`);
  const value =
    ms !== null ? formats.duration(ms) : t(state === "absent" ? "storage.recovery.absent" : "storage.recovery.unknown");
  const Chevron = open ? IconChevronDown : IconChevronRight;
  return (
    <div className={styles.part}>
      <button
        aria-controls={open ? id : undefined}
        aria-expanded={open}
        className={styles.line}
        onClick={() => setOpen(!open)}
        type="button"
      >
        <Chevron aria-hidden size={14} stroke={1.5} />
        <StatusShape tone={TONES[state]} />
        <span className={styles.name}>{label}</span>
        <span className={styles.partValue} data-state={state}>
          {value}
        </span>
        <span className={styles.muted}>
          {reason === null
            ? t(`storage.rpo.${what}.about`)
            : t.dynamic(`storage.rpo.${what}.${reason}`, readableParams(t, formats, params), reason)}
        </span>
      </button>
      {open ? (
        <div className={styles.evidence} id={id}>
          {evidence.length === 0 ? (
            <p className={styles.muted}>{t("storage.recovery.noEvidence")}</p>
          ) : (
            <dl>
              {evidence.map(({ fact, value: read }) => (
                <div key={`${fact} ${read}`}>
                  <dt>{withVisibleCharacters(fact)}</dt>
                  <dd>{withVisibleCharacters(read)}</dd>
                </div>
              ))}
            </dl>
          )}
        </div>
      ) : null}
    </div>
  );
}
