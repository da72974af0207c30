import { IconArrowUpRight } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import type { Runbook, RunbookRun } from "../../../../src-shared/model/storage/recovery.ts";
import { Button } from "../../../components/button.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { TextField } from "../../../components/field.tsx";
import { readableParams } from "../../../components/operation-text.ts";
import { StatusShape, type StatusTone } from "../../../components/status-shape.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { useWorkspace } from "../../../hooks/workspace-store.ts";
import { goTo, placeLabel, placeOf } from "./runbook-place.ts";
import styles from "./runbooks.module.css";

type Step = RunbookRun["steps"][number];
type Mark = Step["state"];

const TONES: Readonly<Record<Mark, StatusTone>> = { open: "idle", done: "good", failed: "bad", skipped: "doubt" };
const MARKS = ["done", "failed", "skipped"] as const;
const NOTE_ROWS = 2;

interface RunStepProps {
  readonly runbook: string;
  readonly step: Step;
  /** `null` for a step that this version's runbook has no more. */
  readonly definition: Runbook["steps"][number] | null;
  /** The next to be done. */
  readonly current: boolean;
  readonly pending: boolean;
  readonly mayNot: string | undefined;
  readonly onMark: (state: Mark, note: string) => void;
  readonly onCheck: () => void;
}

/** One step: what to do, where, what was found, and what a person says of it. */
export function RunStep(props: RunStepProps): ReactElement {
  const { runbook, step, definition, current, pending, mayNot, onMark, onCheck } = props;
  const t = useTranslate();
  const formats = useFormats();
  const show = useWorkspace((state) => state.show);
  const showStorage = useWorkspace((state) => state.showStorage);
  const [note, setNote] = useState(step.note);
  const place = placeOf(definition?.link ?? null);
  const title = t.dynamic(`runbook.${runbook}.${step.step}.title`, {}, withVisibleCharacters(step.step));
  const looks = definition?.kind === "check";
  return (
    <li aria-current={current ? "step" : undefined} className={styles.step} data-current={current || undefined}>
      <StatusShape label={t(`runbook.step.${step.state}`)} tone={current ? "working" : TONES[step.state]} />
      <div className={styles.content}>
        <h3>
          {title}
          {definition === null ? null : <span className={styles.kind}>{t(`runbook.kind.${definition.kind}`)}</span>}
        </h3>
        <p className={styles.muted}>{t.dynamic(`runbook.${runbook}.${step.step}.text`, {}, "")}</p>
        {step.found === null ? null : (
          <p className={styles.found}>
            {t.dynamic(
              `runbook.found.${step.found.key}`,
              readableParams(t, formats, step.found.params),
              withVisibleCharacters(step.found.key),
            )}
          </p>
        )}
        {step.by === null || step.atMs === null ? null : (
          <p className={styles.muted}>
            {t(`runbook.step.${step.state}`)} ·{" "}
            {t("runbook.by", { who: withVisibleCharacters(step.by), at: formats.dateTime(step.atMs) })}
          </p>
        )}
        {step.state !== "open" && step.note !== "" ? <p>{withVisibleCharacters(step.note)}</p> : null}
        {step.state === "open" ? (
          <TextField
            label={<span className="visually-hidden">{`${t("runbook.note")}: ${title}`}</span>}
            onChange={setNote}
            placeholder={t("runbook.note")}
            rows={NOTE_ROWS}
            value={note}
          />
        ) : null}
        <div className={styles.buttons}>
          {place === null ? null : (
            <Button compact icon={IconArrowUpRight} onClick={() => goTo(place, { show, showStorage })} tone="quiet">
              {placeLabel(place, t)}
            </Button>
          )}
          {looks ? (
            <Button
              compact
              disabled={pending}
              disabledReason={mayNot}
              onClick={onCheck}
              tone={current && step.found === null ? "primary" : "default"}
            >
              {t(step.found === null ? "runbook.check" : "runbook.checkAgain")}
            </Button>
          ) : null}
          {step.state === "open" ? (
            MARKS.map((mark) => (
              <Button
                compact
                disabled={pending}
                disabledReason={mayNot}
                key={mark}
                onClick={() => onMark(mark, note.trim())}
                tone={mark === "done" && current && !looks ? "primary" : "default"}
              >
                {t(`runbook.mark.${mark}`)}
              </Button>
            ))
          ) : (
            <Button compact disabled={pending} disabledReason={mayNot} onClick={() => onMark("open", step.note)}>
              {t("runbook.mark.open")}
            </Button>
          )}
          {step.state === "open" && note.trim() !== step.note ? (
            <Button compact disabled={pending} disabledReason={mayNot} onClick={() => onMark("open", note.trim())}>
              {t("runbook.mark.note")}
            </Button>
          ) : null}
        </div>
      </div>
    </li>
  );
}
