import { Modal } from "@mantine/core";
import { IconBriefcase2 } from "@tabler/icons-react";
import { useRef, useState, type FormEvent, type ReactElement } from "react";
import { useStore } from "zustand";
import { CAPSULE_SUFFIX } from "../../../../src-shared/api/capsules.api.ts";
import { Button } from "../../../components/button.tsx";
import { ErrorPanel } from "../../../components/error-panel.tsx";
import { TextField } from "../../../components/field.tsx";
import { useChange } from "../../../hooks/use-answer.ts";
import { useNotice } from "../../../hooks/use-notice.tsx";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import exportStyles from "../export/export.module.css";
import { RedactionField } from "../export/redaction-field.tsx";
import { useFocusFirstProblem } from "../export/use-focus-first-problem.ts";
import { capsuleProblems, suggestedFile, type CapsuleField } from "./capsule-draft.ts";
import styles from "./capsule.module.css";
import { capsuleInput, type CapsuleTrayStore } from "./capsule-tray.ts";
import { TrayList } from "./tray-list.tsx";

interface CapsuleDialogProps {
  readonly tray: CapsuleTrayStore;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** One file of an investigation: queries, their rows, notes and the trail of how they came about. */
export function CapsuleDialog({ tray, opened, onClose }: CapsuleDialogProps): ReactElement {
  const t = useTranslate();
  return (
    <Modal
      closeButtonProps={{ "aria-label": t("app.close") }}
      onClose={onClose}
      opened={opened}
      size={680}
      title={t("exports.capsule.title")}
    >
      {opened ? <CapsuleForm onClose={onClose} tray={tray} /> : null}
    </Modal>
  );
}

function CapsuleForm({ tray, onClose }: Pick<CapsuleDialogProps, "tray" | "onClose">): ReactElement {
  const t = useTranslate();
  const tell = useNotice();
  const forbidden = useForbidden("logs.export");
  const { entries, title, notes, redact, file, change, remove, move } = useStore(tray);
  const [tries, setTries] = useState(0);
  const form = useRef<HTMLFormElement>(null);
  useFocusFirstProblem(form, tries);
  const create = useChange("capsules", "create");
  const [openedAtMs] = useState(() => Date.now());
  const named = file ?? suggestedFile(title, openedAtMs);
  const problems = capsuleProblems({ title, notes, file: named });
  const problemOf = (field: CapsuleField): string | undefined => {
    const problem = problems[field];
    return tries > 0 && problem !== undefined ? t(`exports.problem.${problem}`) : undefined;
  };
  const onSubmit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setTries(tries + 1);
    if (forbidden !== undefined || Object.keys(problems).length > 0) return;
    await create.run({
      title: title.trim(),
      notes,
      queries: entries.map(capsuleInput),
      redact: [...redact],
      file: named.trim(),
    });
    tell("info", t("exports.capsule.started"));
    onClose();
  };
  return (
    // A failure is shown from `error`; the promise's own rejection is that same failure.
    <form
      className={exportStyles.form}
      noValidate
      onSubmit={(event) => void onSubmit(event).catch(() => undefined)}
      ref={form}
    >
      <p className={exportStyles.note}>{t("exports.capsule.text")}</p>
      <TextField
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- a dialog takes the focus; this is where one begins to write
        autoFocus
        error={problemOf("title")}
        label={t("exports.capsule.name")}
        onChange={(next) => change({ title: next })}
        placeholder={t("exports.capsule.namePlaceholder")}
        required
        value={title}
      />
      <fieldset className={exportStyles.group}>
        <legend className={exportStyles.legend}>{t("exports.capsule.queries")}</legend>
        {entries.length === 0 ? (
          <p className={styles.missing} role={tries > 0 ? "alert" : undefined}>
            {t("exports.capsule.none")}
          </p>
        ) : (
          <TrayList entries={entries} onMove={move} onRemove={remove} />
        )}
      </fieldset>
      <TextField
        description={t("exports.capsule.notes.help")}
        error={problemOf("notes")}
        label={t("exports.capsule.notes")}
        onChange={(next) => change({ notes: next })}
        rows={6}
        value={notes}
      />
      <RedactionField onChange={(next) => change({ redact: [...next] })} value={redact} />
      <TextField
        description={t("exports.capsule.file.help", { suffix: CAPSULE_SUFFIX })}
        error={problemOf("file")}
        label={t("exports.capsule.file")}
        mono
        onChange={(next) => change({ file: next })}
        required
        value={named}
      />
      <div className={exportStyles.actions}>
        {create.error === undefined ? null : (
          <ErrorPanel error={create.error} title={t("exports.capsule.startFailed")} />
        )}
        <Button
          disabledReason={forbidden ?? (entries.length === 0 ? t("exports.capsule.none") : undefined)}
          icon={IconBriefcase2}
          loading={create.pending}
          tone="primary"
          type="submit"
        >
          {t("exports.capsule.create")}
        </Button>
        <Button onClick={onClose} tone="quiet">
          {t("exports.cancel")}
        </Button>
      </div>
    </form>
  );
}
