import { TagsInput } from "@mantine/core";
import type { ReactElement } from "react";
import { TextField } from "../../components/field.tsx";
import { useTranslate } from "../../hooks/use-translate.ts";
import type { CommonDraft } from "./common-draft.ts";
import { PairsField } from "../../components/pairs-field.tsx";

interface CommonFieldsProps {
  readonly draft: CommonDraft;
  readonly inCluster: boolean;
  readonly problems: {
    readonly tenants?: string | undefined;
    readonly traceLinks?: string | undefined;
    readonly prometheus?: string | undefined;
  };
  readonly onChange: (part: Partial<CommonDraft>) => void;
}

/** Tenants, trace links and a Prometheus, which every site can have. */
export function CommonFields({ draft, inCluster, problems, onChange }: CommonFieldsProps): ReactElement {
  const t = useTranslate();
  return (
    <>
      <TagsInput
        acceptValueOnBlur
        clearable={false}
        description={t("app.form.tenantsHelp")}
        error={problems.tenants}
        inputWrapperOrder={["label", "input", "error", "description"]}
        label={t("app.form.tenants")}
        onChange={(tenants) => onChange({ tenants })}
        splitChars={[",", " "]}
        value={[...draft.tenants]}
      />
      <PairsField
        description={t("app.form.traceLinksHelp")}
        error={problems.traceLinks}
        first={t("app.form.traceField")}
        firstPlaceholder="trace_id"
        label={t("app.form.traceLinks")}
        onChange={(traceLinks) => onChange({ traceLinks })}
        pairs={draft.traceLinks}
        second={t("app.form.traceUrl")}
        secondPlaceholder="https://tempo.example/trace/{value}"
      />
      <TextField
        description={t("app.form.prometheusHelp")}
        error={problems.prometheus}
        label={t("app.form.prometheus")}
        mono
        onChange={(prometheus) => onChange({ prometheus })}
        placeholder={inCluster ? "monitoring/prometheus-operated:9090" : "https://prometheus.example"}
        value={draft.prometheus}
      />
    </>
  );
}
