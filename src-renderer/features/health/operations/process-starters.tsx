import { useState, type ReactElement } from "react";
import { LOKI_LOG_LEVELS } from "../../../../src-shared/model/health/operation.ts";
import type { SiteHealth } from "../../../../src-shared/model/health/site-health.ts";
import { SwitchField } from "../../../components/field.tsx";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { useWorkspace } from "../../../hooks/workspace-store.ts";
import { Choice } from "./choice.tsx";
import { InlineNumber, InlineSelect } from "./inline-fields.tsx";
import { offered, useInstanceOptions } from "./instance-options.tsx";
import styles from "./operations-tab.module.css";
import { Starter } from "./starter.tsx";

const MINUTES = { first: 10, least: 1, most: 120 };

interface StarterOf {
  readonly health: SiteHealth;
}

/** The chosen instance; until one is chosen, the one whose details are open. */
function useInstance(health: SiteHealth, of: "ingesting" | "all") {
  const looked = useWorkspace((state) => state.health.instance);
  const options = useInstanceOptions(health, of);
  const [chosen, setChosen] = useState<string | null>(null);
  return { options, instance: chosen ?? offered(options, looked), choose: setChosen };
}

export function FlushIngester({ health }: StarterOf): ReactElement {
  const t = useTranslate();
  const { options, instance, choose } = useInstance(health, "ingesting");
  return (
    <Starter kind="flush-ingester" operation={instance === null ? null : { kind: "flush-ingester", instance }}>
      <Choice label={t("operations.ingester")} onChoose={choose} options={options} value={instance} />
    </Starter>
  );
}

const PREPARATIONS = ["prepare", "unprepare"] as const;

export function PrepareShutdown({ health }: StarterOf): ReactElement {
  const t = useTranslate();
  const { options, instance, choose } = useInstance(health, "ingesting");
  const [how, setHow] = useState<(typeof PREPARATIONS)[number]>("prepare");
  return (
    <Starter
      kind="prepare-shutdown"
      operation={instance === null ? null : { kind: "prepare-shutdown", instance, prepared: how === "prepare" }}
    >
      <Choice label={t("operations.ingester")} onChoose={choose} options={options} value={instance} />
      <InlineSelect
        choices={PREPARATIONS.map((value) => ({ value, label: t(`operations.preparation.${value}`) }))}
        label={t("operations.preparation")}
        onChange={setHow}
        value={how}
      />
    </Starter>
  );
}

export function ShutdownIngester({ health }: StarterOf): ReactElement {
  const t = useTranslate();
  const { options, instance, choose } = useInstance(health, "ingesting");
  const [deleteRingTokens, setDeleteRingTokens] = useState(false);
  return (
    <Starter
      kind="shutdown-ingester"
      operation={instance === null ? null : { kind: "shutdown-ingester", instance, deleteRingTokens }}
    >
      <Choice label={t("operations.ingester")} onChoose={choose} options={options} value={instance} />
      <SwitchField checked={deleteRingTokens} label={t("operations.deleteRingTokens")} onChange={setDeleteRingTokens} />
    </Starter>
  );
}

export function LogLevel({ health }: StarterOf): ReactElement {
  const t = useTranslate();
  const { options, instance, choose } = useInstance(health, "all");
  const [level, setLevel] = useState<(typeof LOKI_LOG_LEVELS)[number]>("debug");
  const [minutes, setMinutes] = useState<number | null>(MINUTES.first);
  const fits = minutes !== null && minutes >= MINUTES.least && minutes <= MINUTES.most;
  return (
    <Starter
      kind="log-level"
      operation={instance === null || !fits ? null : { kind: "log-level", instance, level, minutes }}
    >
      <Choice label={t("operations.process")} onChoose={choose} options={options} value={instance} />
      <InlineSelect
        choices={LOKI_LOG_LEVELS.map((value) => ({ value, label: value }))}
        label={t("operations.level")}
        onChange={setLevel}
        value={level}
      />
      <span className={styles.amount}>
        {t("operations.for")}
        <InlineNumber
          label={t("operations.minutes")}
          least={MINUTES.least}
          most={MINUTES.most}
          onChange={setMinutes}
          problem={fits ? undefined : t("operations.minutesBad", { least: MINUTES.least, most: MINUTES.most })}
          value={minutes}
        />
        {t("operations.minutes")}
      </span>
    </Starter>
  );
}
