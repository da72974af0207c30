import { IconUsers } from "@tabler/icons-react";
import { useMemo, type ReactElement } from "react";
import { tenantIdProblem } from "../../src-shared/model/tenant-id.ts";
import { Picker } from "../components/picker.tsx";
import { useTenants } from "../hooks/use-sites.ts";
import { useTranslate, type Translate } from "../hooks/use-translate.ts";
import { useWorkspace } from "../hooks/workspace-store.ts";

/** What is wrong with a typed tenant, in words; `null` when Loki would take it. */
export function tenantProblemText(t: Translate, text: string): string | null {
  const problem = tenantIdProblem(text);
  if (problem === null) return null;
  switch (problem.reason) {
    case "empty":
      return t("app.tenant.problem.empty");
    case "reserved":
      return t("app.tenant.problem.reserved");
    case "too-long":
      return t("app.tenant.problem.tooLong", { maxBytes: problem.maxBytes });
    case "unsupported-character":
      return /\s/.test(problem.character)
        ? t("app.tenant.problem.blank")
        : t("app.tenant.problem.character", { character: problem.character });
  }
}

interface TenantPickerProps {
  readonly opened: boolean;
  readonly onOpenChange: (opened: boolean) => void;
}

/** The tenant whose logs are read. Any valid id can be typed: the console cannot list a Loki's tenants. */
export function TenantPicker({ opened, onOpenChange }: TenantPickerProps): ReactElement {
  const t = useTranslate();
  const site = useWorkspace((state) => state.site);
  const tenant = useWorkspace((state) => state.tenant);
  const chooseTenant = useWorkspace((state) => state.chooseTenant);
  const { data } = useTenants(site);

  const options = useMemo(
    () =>
      (data?.tenants ?? []).map((known) => ({
        value: known.tenant,
        label: known.tenant,
        detail: t(`app.tenantFrom.${known.from}`),
      })),
    [data, t],
  );
  const freeEntry = {
    problem: (text: string) => tenantProblemText(t, text),
    label: (text: string) => t("app.tenant.use", { tenant: text }),
  };

  return (
    <Picker
      emptyText={data?.multiTenant === false ? t("app.tenant.single") : t("app.tenant.none")}
      label={t("app.tenant.pick")}
      onOpenChange={onOpenChange}
      onPick={(chosen) => {
        if (chosen !== tenant) chooseTenant(chosen);
      }}
      opened={opened}
      options={options}
      searchPlaceholder={t("app.tenant.search")}
      shown={
        <>
          <IconUsers aria-hidden size={16} stroke={1.5} />
          <span>{tenant ?? t("app.tenant.choose")}</span>
        </>
      }
      value={tenant}
      {...(data?.multiTenant === false ? {} : { freeEntry })}
    />
  );
}
