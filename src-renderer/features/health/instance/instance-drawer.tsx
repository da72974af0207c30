import type { ReactElement } from "react";
import type { InstanceHealth } from "../../../../src-shared/model/health/site-health.ts";
import { CopyButton } from "../../../components/copy-button.tsx";
import { Drawer } from "../../../components/drawer.tsx";
import { errorText } from "../../../components/error-text.ts";
import { Facts, type Fact } from "../../../components/facts.tsx";
import { RelativeTime } from "../../../components/quantity.tsx";
import { EmptyView } from "../../../components/state-views.tsx";
import { VerdictSign } from "../../../components/verdict-sign.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useSiteHealth } from "../../../hooks/use-site-health.tsx";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { EvidenceHistorySection } from "./evidence-history-section.tsx";
import { EvidenceList } from "./evidence-list.tsx";
import { InstanceActions } from "./instance-actions.tsx";
import { ConfigSection } from "./config-section.tsx";
import { DetailsSections } from "./details-sections.tsx";
import styles from "./instance.module.css";

interface InstanceDrawerProps {
  readonly name: string;
  readonly onClose: () => void;
}

/** Everything that is known of one process: what speaks against it, beside its mates, and what can be done. */
export function InstanceDrawer({ name, onClose }: InstanceDrawerProps): ReactElement | null {
  const t = useTranslate();
  const { health } = useSiteHealth();
  if (health === undefined || health.roundAtMs === null) return null;
  const instance = health.instances.find((one) => one.instance === name);
  return (
    <Drawer
      actions={<CopyButton label={t("health.instance.copyName")} size={28} text={name} />}
      initialWidth={520}
      onClose={onClose}
      takeFocus={false}
      title={name}
    >
      {instance === undefined ? (
        <EmptyView text={t("health.instance.goneText")} title={t("health.instance.gone", { instance: name })} />
      ) : (
        <div className={styles.content}>
          <InstanceSummary instance={instance} />
          <InstanceActions instance={instance} site={health.site} />
          <EvidenceList instance={instance} />
          <EvidenceHistorySection instance={instance} key={name} site={health.site} />
          <DetailsSections instance={instance} site={health.site} />
          <ConfigSection instance={name} key={`config ${name}`} site={health.site} />
        </div>
      )}
    </Drawer>
  );
}

function InstanceSummary({ instance }: { readonly instance: InstanceHealth }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { verdict, sinceMs, outcome, error, answeredAtMs, ready, restarts, startedAtMs } = instance;
  const facts: readonly Fact[] = [
    { label: t("health.board.component"), value: instance.component },
    {
      label: t("health.instance.asked"),
      value: (
        <>
          {t(`health.outcome.${outcome}`)}
          {outcome === "answered" || error === null ? null : ` · ${errorText(t, error)}`}
          {answeredAtMs === null ? null : (
            <>
              {" · "}
              {t("health.instance.lastAnswer")} <RelativeTime atMs={answeredAtMs} />
            </>
          )}
        </>
      ),
    },
    {
      label: t("health.board.ready"),
      value: ready === null ? t("health.noFigure") : ready ? t("health.instance.ready") : t("health.instance.notReady"),
    },
    { label: t("health.board.ring"), value: instance.ringState ?? "–" },
    { label: t("health.board.zone"), value: instance.zone ?? "–" },
    { label: t("health.board.node"), value: instance.node ?? "–", mono: true },
    {
      label: t("health.board.started"),
      value:
        startedAtMs === null ? (
          "–"
        ) : (
          <>
            <RelativeTime atMs={startedAtMs} /> · {formats.dateTime(startedAtMs)}
          </>
        ),
    },
    { label: t("health.board.restarts"), value: restarts === null ? t("health.noFigure") : formats.number(restarts) },
  ];
  return (
    <section className={styles.section}>
      <p className={styles.verdict}>
        <VerdictSign verdict={verdict} />
        <span className={styles.muted}>
          {t("health.instance.since")} <RelativeTime atMs={sinceMs} /> · {formats.dateTime(sinceMs)}
        </span>
      </p>
      <Facts facts={facts} />
    </section>
  );
}
