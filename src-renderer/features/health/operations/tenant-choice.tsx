import type { ReactElement } from "react";
import { tenantIdProblem } from "../../../../src-shared/model/tenant-id.ts";
import { useTenants } from "../../../hooks/use-sites.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { Choice } from "./choice.tsx";

interface TenantChoiceProps {
  readonly site: string;
  readonly tenant: string | null;
  readonly onChoose: (tenant: string) => void;
}

/** A tenant that is known, or any other that is typed: the console cannot list a Loki's tenants. */
export function TenantChoice({ site, tenant, onChoose }: TenantChoiceProps): ReactElement {
  const t = useTranslate();
  const { data } = useTenants(site);
  return (
    <Choice
      freeEntry={{
        problem: (text) => (tenantIdProblem(text) === null ? null : t("operations.tenantBad")),
        label: (text) => t("app.tenant.use", { tenant: text }),
      }}
      label={t("operations.tenant")}
      onChoose={onChoose}
      options={(data?.tenants ?? []).map((known) => ({ value: known.tenant, label: known.tenant }))}
      value={tenant}
    />
  );
}
