import { useState, type ReactElement } from "react";
import type { Store } from "../../../../src-shared/model/storage/store.ts";
import { Button } from "../../../components/button.tsx";
import { SelectField, TextField } from "../../../components/field.tsx";
import { DialogActions, DialogFoot } from "../../../components/plan-dialog.tsx";
import { ScrollRegion } from "../../../components/scroll-region.tsx";
import { Stages } from "../../../components/stages.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "../plan/plan.module.css";
import {
  readRestoreDraft,
  type RestoreDraft,
  type RestoreDraftProblems,
  type RestoreInput,
  type RestoreSubject,
} from "./restore-draft.ts";

interface RestoreFormProps {
  readonly subject: RestoreSubject;
  readonly stores: readonly Store[];
  readonly draft: RestoreDraft;
  readonly onDraft: (draft: RestoreDraft) => void;
  readonly onPlan: (request: RestoreInput) => void;
  readonly onClose: () => void;
}

/** Where from, as of when, and what of it. */
export function RestoreForm({ subject, stores, draft, onDraft, onPlan, onClose }: RestoreFormProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const mayNot = useForbidden("storage.restore");
  const [problems, setProblems] = useState<RestoreDraftProblems>({});
  const change = (part: Partial<RestoreDraft>): void => {
    setProblems({});
    onDraft({ ...draft, ...part });
  };
  const problem = (field: keyof RestoreDraftProblems): string | undefined => {
    const what = problems[field];
    return what === undefined ? undefined : t(`storage.restore.problem.${what}`);
  };
  const plan = (): void => {
    const read = readRestoreDraft(draft, subject, Date.now(), formats.timeZone);
    if ("problems" in read) setProblems(read.problems);
    else onPlan(read.request);
  };
  const others = stores.filter(({ id }) => id !== subject.store.id);
  const choices = [
    { value: "", label: t("storage.restore.chooseStore") },
    ...others.map(({ id, config, title }) => ({ value: String(id), label: `${config.name} · ${title}` })),
  ];
  return (
    <>
      <ScrollRegion label={t("operations.stage.plan")}>
        <Stages at="plan" />
        <p className={styles.muted}>
          {t(`storage.restore.about.${subject.purpose}`, { store: subject.store.config.name })}
        </p>
        <form
          className={styles.fields}
          id="restore-form"
          onSubmit={(event) => {
            event.preventDefault();
            if (mayNot === undefined) plan();
          }}
        >
          <SelectField
            choices={[
              { value: "versions", label: t("storage.restore.source.versions") },
              { value: "store", label: t("storage.restore.source.store") },
            ]}
            label={t("storage.restore.source")}
            onChange={(source) => change({ source })}
            value={draft.source}
          />
          {draft.source === "versions" ? (
            <TextField
              description={t("storage.restore.asOfHelp")}
              error={problem("asOf")}
              label={t("storage.restore.asOf")}
              mono
              onChange={(asOf) => change({ asOf })}
              required
              value={draft.asOf}
            />
          ) : (
            <SelectField
              choices={choices}
              error={problem("from")}
              label={t("storage.restore.from")}
              onChange={(from) => change({ from })}
              value={draft.from}
            />
          )}
          {subject.purpose === "drill" ? (
            <SelectField
              choices={choices}
              description={t("storage.restore.intoHelp")}
              error={problem("into")}
              label={t("storage.restore.into")}
              onChange={(into) => change({ into })}
              value={draft.into}
            />
          ) : null}
          <TextField
            description={t("storage.restore.tenantsHelp")}
            label={t("storage.restore.tenants")}
            mono
            onChange={(tenants) => change({ tenants })}
            value={draft.tenants}
          />
          <TextField
            description={t("storage.restore.startHelp")}
            error={problem("start")}
            label={t("storage.restore.start")}
            mono
            onChange={(start) => change({ start })}
            value={draft.start}
          />
          <TextField
            error={problem("end")}
            label={t("storage.restore.end")}
            mono
            onChange={(end) => change({ end })}
            value={draft.end}
          />
          <SelectField
            choices={[
              { value: "fast", label: t("storage.restore.verify.fast") },
              { value: "deep", label: t("storage.restore.verify.deep") },
            ]}
            label={t("storage.restore.verify")}
            onChange={(verify) => change({ verify })}
            value={draft.verify}
          />
        </form>
        {subject.findings === null ? null : (
          <p className={styles.muted}>
            {subject.findings.ids === null
              ? t("storage.restore.allFindings")
              : t("storage.restore.onlyFindings", { count: subject.findings.ids.length })}
          </p>
        )}
      </ScrollRegion>
      <DialogFoot>
        <DialogActions>
          <Button disabledReason={mayNot} form="restore-form" tone="primary" type="submit">
            {t("storage.restore.plan")}
          </Button>
          <Button onClick={onClose}>{t("app.close")}</Button>
          <span className={styles.muted}>{t("storage.restore.planWrites")}</span>
        </DialogActions>
      </DialogFoot>
    </>
  );
}
