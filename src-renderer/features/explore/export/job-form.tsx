import { IconPackageExport } from "@tabler/icons-react";
import { useRef, useState, type FormEvent, type ReactElement } from "react";
import { secretRefSchema, type SecretRef } from "../../../../src-shared/model/ids.ts";
import { Button } from "../../../components/button.tsx";
import { ErrorPanel } from "../../../components/error-panel.tsx";
import { credentialsText, newSecretRef } from "../../../components/s3-credentials.ts";
import { PartialNotice } from "../../../components/state-views.tsx";
import { useAnswer, useChange } from "../../../hooks/use-answer.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { withoutCost } from "../session/source-traits.ts";
import { DestinationFields } from "./destination-fields.tsx";
import { emptyDraft, exportProblems, requestOf, type ExportDraft, type ExportField } from "./export-draft.ts";
import type { ExportSubject } from "./export-subject.ts";
import { ExportWarnings } from "./export-warnings.tsx";
import styles from "./export.module.css";
import { RedactionField } from "./redaction-field.tsx";
import { SpeedFields } from "./speed-fields.tsx";
import { SubjectFacts } from "./subject-facts.tsx";
import { useFocusFirstProblem } from "./use-focus-first-problem.ts";

interface JobFormProps {
  readonly subject: ExportSubject;
  readonly onCancel: () => void;
  /** The export runs as a job now. */
  readonly onStarted: () => void;
}

const PARALLEL = 4;

/** The whole range of a query, past every limit of the screen, as a job that outlives the window. */
export function JobForm({ subject, onCancel, onStarted }: JobFormProps): ReactElement {
  const { plan } = subject;
  const t = useTranslate();
  const forbidden = useForbidden("logs.export");
  const noSecrets = useForbidden("secrets.change");
  const [draft, setDraft] = useState(() => emptyDraft(plan, PARALLEL));
  const [tries, setTries] = useState(0);
  const form = useRef<HTMLFormElement>(null);
  useFocusFirstProblem(form, tries);
  const isMetric = plan.kind === "metric";
  const { target, range, query } = plan;
  const answer = useAnswer("logs", "estimate", isMetric ? null : { target, range, query });
  const estimate = answer.data === undefined ? answer : { ...answer, data: withoutCost(target, answer.data) };
  const putSecret = useChange("secrets", "put");
  const start = useChange("exports", "start");

  const problems = exportProblems(draft, noSecrets === undefined);
  const problemOf = (field: ExportField): string | undefined => {
    const problem = problems[field];
    return tries > 0 && problem !== undefined ? t(`exports.problem.${problem}`) : undefined;
  };
  const onChange = (part: Partial<ExportDraft>): void => setDraft((before) => ({ ...before, ...part }));
  const onSubmit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setTries(tries + 1);
    if (forbidden !== undefined || isMetric || Object.keys(problems).length > 0) return;
    let credentials: SecretRef | null = null;
    if (draft.to === "s3" && draft.credentials === "kept") credentials = secretRefSchema.parse(draft.secret);
    if (draft.to === "s3" && draft.credentials === "new") {
      const kept = newSecretRef(draft.bucket, crypto.randomUUID());
      await putSecret.run({ ref: kept, value: credentialsText(draft) });
      credentials = kept;
      // A second try takes what is kept already.
      onChange({ credentials: "kept", secret: kept, accessKeyId: "", secretAccessKey: "", sessionToken: "" });
    }
    await start.run(requestOf(plan, draft, credentials));
    onStarted();
  };
  const failure = putSecret.error ?? start.error;
  const fields = { draft, onChange, problemOf };
  return (
    // A failure is shown from `error`; the promise's own rejection is that same failure.
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => void onSubmit(event).catch(() => undefined)}
      ref={form}
    >
      <SubjectFacts estimate={isMetric ? null : estimate} plan={plan} />
      {isMetric ? (
        <PartialNotice>{t("exports.metric")}</PartialNotice>
      ) : (
        <>
          <ExportWarnings estimate={estimate.data} subject={subject} />
          <DestinationFields {...fields} />
          <RedactionField onChange={(redact) => onChange({ redact })} value={draft.redact} />
          <SpeedFields {...fields} lines={estimate.data?.stats?.entries ?? null} />
        </>
      )}
      <div className={styles.actions}>
        {failure === undefined ? null : <ErrorPanel error={failure} title={t("exports.startFailed")} />}
        <Button
          disabledReason={isMetric ? t("exports.metric") : forbidden}
          icon={IconPackageExport}
          loading={putSecret.pending || start.pending}
          tone="primary"
          type="submit"
        >
          {t("exports.start")}
        </Button>
        <Button onClick={onCancel} tone="quiet">
          {t("exports.cancel")}
        </Button>
      </div>
    </form>
  );
}
