import { SegmentedControl } from "@mantine/core";
import type { ReactElement } from "react";
import type { Site } from "../../../../src-shared/api/sites.api.ts";
import { Button } from "../../../components/button.tsx";
import { Stages } from "../../../components/stages.tsx";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { DialogActions, DialogFoot } from "../../../components/plan-dialog.tsx";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { editsInput, type ChangeInput, type EditsDraft } from "./change-draft.ts";
import styles from "./change-dialog.module.css";
import { EditsForm } from "./edits-form.tsx";
import { FileForm, type FileDraft } from "./file-form.tsx";

const FORMS = ["edits", "file"] as const;

interface ComposeViewProps {
  readonly site: Site["id"];
  readonly form: (typeof FORMS)[number];
  readonly draft: EditsDraft;
  readonly file: FileDraft | null;
  readonly onForm: (form: (typeof FORMS)[number]) => void;
  readonly onDraft: (draft: EditsDraft) => void;
  readonly onFile: (file: FileDraft | null) => void;
  readonly onPlan: (change: ChangeInput) => void;
  readonly onClose: () => void;
}

/** What shall be changed: single values, or the file itself. */
export function ComposeView({
  site,
  form,
  draft,
  file,
  onForm,
  onDraft,
  onFile,
  onPlan,
  onClose,
}: ComposeViewProps): ReactElement {
  const t = useTranslate();
  const forbidden = useForbidden("tenants.limits");
  const input: ChangeInput | null =
    form === "edits" ? editsInput(draft) : file === null ? null : { kind: "file", text: file.text };
  const disabledReason =
    forbidden ??
    (input === null ? t(form === "edits" ? "limits.compose.noValues" : "limits.compose.noFile") : undefined);
  const plan = (): void => {
    if (disabledReason === undefined && input !== null) onPlan(input);
  };
  return (
    <form
      className={styles.stage}
      onSubmit={(event) => {
        event.preventDefault();
        plan();
      }}
    >
      <div className={styles.scroller}>
        <Stages at="plan" />
        <SegmentedControl
          aria-label={t("limits.compose.how")}
          className={styles.how ?? ""}
          data={FORMS.map((value) => ({ value, label: t(`limits.compose.${value}`) }))}
          onChange={(chosen) => onForm(chosen === "file" ? "file" : "edits")}
          size="xs"
          transitionDuration={0}
          value={form}
        />
        {form === "edits" ? (
          <EditsForm draft={draft} onDraft={onDraft} site={site} />
        ) : (
          <FileForm draft={file} onDraft={onFile} site={site} />
        )}
      </div>
      <DialogFoot>
        <DialogActions>
          <Button disabledReason={disabledReason} tone="primary" type="submit">
            {t("limits.compose.plan")}
          </Button>
          <Button onClick={onClose}>{t("app.close")}</Button>
          <span className={styles.rest}>{t("limits.compose.nothingYet")}</span>
        </DialogActions>
      </DialogFoot>
    </form>
  );
}
