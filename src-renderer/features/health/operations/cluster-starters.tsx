import { useMemo, useState, type ReactElement } from "react";
import type { Workload } from "../../../../src-shared/model/health/operation.ts";
import { RING_NAMES, type RingName } from "../../../../src-shared/model/health/ring.ts";
import type { SiteHealth } from "../../../../src-shared/model/health/site-health.ts";
import type { PickerOption } from "../../../components/picker.tsx";
import { useSiteHealth } from "../../../hooks/use-site-health.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { Choice } from "./choice.tsx";
import { InlineNumber, InlineSelect } from "./inline-fields.tsx";
import styles from "./operations-tab.module.css";
import { Starter } from "./starter.tsx";
import { TenantChoice } from "./tenant-choice.tsx";
import { useMemberOptions } from "./member-options.tsx";

const MOST_REPLICAS = 1_000;

export function FlushTenant(): ReactElement {
  const { site } = useSiteHealth();
  const [tenant, setTenant] = useState<string | null>(null);
  return (
    <Starter kind="flush-tenant" operation={tenant === null ? null : { kind: "flush-tenant", tenant }}>
      <TenantChoice onChoose={setTenant} site={site.id} tenant={tenant} />
    </Starter>
  );
}

export function ForgetMember(): ReactElement {
  const t = useTranslate();
  const { site } = useSiteHealth();
  const [ring, setRing] = useState<RingName>("ingester");
  const [member, setMember] = useState<string | null>(null);
  const options = useMemberOptions(site.id, ring);
  return (
    <Starter kind="forget-member" operation={member === null ? null : { kind: "forget-member", ring, member }}>
      <InlineSelect
        choices={RING_NAMES.map((value) => ({ value, label: value }))}
        label={t("operations.ring")}
        onChange={(next) => {
          setRing(next);
          setMember(null);
        }}
        value={ring}
      />
      <Choice label={t("operations.member")} onChoose={setMember} options={options} value={member} />
    </Starter>
  );
}

interface KnownWorkload {
  readonly workload: Workload;
  readonly wanted: number;
  readonly option: PickerOption;
}

function useWorkloads(health: SiteHealth): readonly KnownWorkload[] {
  const t = useTranslate();
  const formats = useFormats();
  return useMemo(
    () =>
      health.components.flatMap(({ component, workloads }) =>
        (workloads ?? []).map(({ workload, wanted }): KnownWorkload => ({
          workload,
          wanted,
          option: {
            value: `${workload.kind}/${workload.namespace}/${workload.name}`,
            label: workload.name,
            detail: `${component} · ${t("operations.replicas", { count: wanted, replicas: formats.number(wanted) })}`,
          },
        })),
      ),
    [health, t, formats],
  );
}

export function RollingRestart({ health }: { readonly health: SiteHealth }): ReactElement {
  const t = useTranslate();
  const known = useWorkloads(health);
  const [chosen, setChosen] = useState<string | null>(null);
  const picked = known.find(({ option }) => option.value === chosen);
  return (
    <Starter
      kind="rolling-restart"
      operation={picked === undefined ? null : { kind: "rolling-restart", workload: picked.workload }}
    >
      <Choice
        label={t("operations.workload")}
        onChoose={setChosen}
        options={known.map(({ option }) => option)}
        value={picked === undefined ? null : chosen}
      />
    </Starter>
  );
}

export function Scale({ health }: { readonly health: SiteHealth }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const known = useWorkloads(health);
  const [chosen, setChosen] = useState<string | null>(null);
  const [typed, setTyped] = useState<number | null>(null);
  const picked = known.find(({ option }) => option.value === chosen);
  const fits = typed !== null && typed >= 0 && typed <= MOST_REPLICAS;
  return (
    <Starter
      kind="scale"
      operation={picked === undefined || !fits ? null : { kind: "scale", workload: picked.workload, replicas: typed }}
    >
      <Choice
        label={t("operations.workload")}
        onChoose={(next) => {
          setChosen(next);
          setTyped(known.find(({ option }) => option.value === next)?.wanted ?? null);
        }}
        options={known.map(({ option }) => option)}
        value={picked === undefined ? null : chosen}
      />
      <span className={styles.amount}>
        {t("operations.to")}
        <InlineNumber
          label={t("operations.replicasLabel")}
          least={0}
          most={MOST_REPLICAS}
          onChange={setTyped}
          problem={
            fits || picked === undefined
              ? undefined
              : t("operations.replicasBad", { most: formats.number(MOST_REPLICAS) })
          }
          value={typed}
        />
        {t("operations.replicasLabel")}
      </span>
    </Starter>
  );
}
