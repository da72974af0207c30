import type { ReactElement } from "react";
import type { Topology } from "../../../../src-shared/model/health/topology.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import type { Fact } from "../../../components/facts.tsx";
import { VerdictSign } from "../../../components/verdict-sign.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { edgeFacts, nodeName } from "./edge-text.ts";
import type { BoardIndex } from "./topology-nodes.ts";
import type { Pointed } from "./topology-picture.tsx";
import styles from "./topology.module.css";

interface PointCardProps {
  readonly pointed: Pointed | null;
  readonly topology: Topology;
  readonly board: BoardIndex;
}

/** What is pointed at, to the last digit. It has a place of its own, so that it never lies over the picture. */
export function PointCard({ pointed, topology, board }: PointCardProps): ReactElement {
  const t = useTranslate();
  return (
    <output className={styles.card}>
      {pointed === null ? (
        <span className={styles.hint}>{t("topology.hint")}</span>
      ) : pointed.kind === "edge" ? (
        <EdgeCard edge={topology.edges[pointed.edge]} />
      ) : (
        <InstanceCard board={board} instance={pointed.instance} />
      )}
    </output>
  );
}

function EdgeCard({ edge }: { readonly edge: Topology["edges"][number] | undefined }): ReactElement | null {
  const t = useTranslate();
  const formats = useFormats();
  if (edge === undefined) return null;
  return (
    <>
      <p className={styles.cardTitle}>
        {t(`health.edge.${edge.kind}`)}
        <span className={styles.cardAside}>
          {nodeName(t, edge.from)} → {nodeName(t, edge.to)}
        </span>
      </p>
      <CardFacts facts={edgeFacts(t, formats, edge)} />
    </>
  );
}

function InstanceCard({ board, instance }: { readonly board: BoardIndex; readonly instance: string }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const health = board.instances.get(instance);
  const facts: Fact[] =
    health === undefined
      ? []
      : [
          { label: t("topology.component"), value: health.component },
          { label: t("topology.zone"), value: health.zone ?? "–" },
          { label: t("topology.node"), value: health.node ?? "–" },
          { label: t("topology.version"), value: health.version ?? "–" },
          { label: t("topology.ring"), value: health.ringState ?? "–" },
          { label: t("topology.restarts"), value: health.restarts === null ? "–" : formats.number(health.restarts) },
        ];
  return (
    <>
      <p className={styles.cardTitle}>
        {withVisibleCharacters(instance)}
        {health === undefined ? null : <VerdictSign verdict={health.verdict} />}
      </p>
      <CardFacts facts={facts} />
    </>
  );
}

function CardFacts({ facts }: { readonly facts: readonly Fact[] }): ReactElement {
  return (
    <dl className={styles.cardFacts}>
      {facts.map(({ label, value, mono }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd data-mono={mono === true || undefined}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
