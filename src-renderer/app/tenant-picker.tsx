import { IconUsers } from "@tabler/icons-react";
import { useMemo, type ReactElement } from "react";
import { tenantIdProblem } from "../../src-shared/model/tenant-id.ts";
import { Picker } from "../components/picker.tsx";
import { useCurrentArchive } from "../hooks/use-archives.ts";
import { useExploreArchive } from "../hooks/use-explore-archive.ts";
import { useFormats } from "../hooks/use-formats.ts";
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

/** The tenant whose logs are read. */
export function TenantPicker(props: TenantPickerProps): ReactElement {
  const inArchive = useWorkspace((state) => state.source.kind === "archive");
  return inArchive ? <ArchiveTenantPicker {...props} /> : <SiteTenantPicker {...props} />;
}

function Shown({ tenant }: { readonly tenant: string | null }): ReactElement {
  const t = useTranslate();
  return (
    <>
      <IconUsers aria-hidden size={16} stroke={1.5} />
      <span>{tenant ?? t("app.tenant.choose")}</span>
    </>
  );
}

/** An archive's tenants are known: there is nothing to type. Another tenant has another time and other streams. */
function ArchiveTenantPicker({ opened, onOpenChange }: TenantPickerProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const tenant = useWorkspace((state) => state.tenant);
  const { archive } = useCurrentArchive();
  const explore = useExploreArchive();
  const options = (archive?.tenants ?? []).map((one) => ({
    value: one.tenant,
    label: one.tenant,
    ...(one.rows === null ? {} : { detail: t("app.tenant.rows", { count: one.rows, rows: formats.number(one.rows) }) }),
  }));
  return (
    <Picker
      emptyText={t("app.tenant.noneInArchive")}
      label={t("app.tenant.pick")}
      onOpenChange={onOpenChange}
      onPick={(chosen) => {
        const part = archive?.tenants.find((one) => one.tenant === chosen);
        if (archive !== undefined && part !== undefined) void explore(archive, { tenant: part.tenant });
      }}
      opened={opened}
      options={options}
      searchPlaceholder={t("app.tenant.searchArchive")}
      shown={<Shown tenant={tenant} />}
      value={tenant}
    />
  );
}

/** Any valid id can be typed: the console cannot list a Loki's tenants. */
function SiteTenantPicker({ opened, onOpenChange }: TenantPickerProps): ReactElement {
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
      shown={<Shown tenant={tenant} />}
      value={tenant}
      {...(data?.multiTenant === false ? {} : { freeEntry })}
    />
  );
}
