import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { ComponentHealth, InstanceHealth } from "../../../../src-shared/model/health/site-health.ts";
import { causeText, evidenceText } from "../../../components/health-text.ts";
import { RelativeTime } from "../../../components/quantity.tsx";
import { VerdictSign } from "../../../components/verdict-sign.tsx";
import type { Formats } from "../../../hooks/formats.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate, type Translate } from "../../../hooks/use-translate.ts";
import styles from "./board.module.css";

interface ComponentRowProps {
  readonly component: ComponentHealth;
  /** Its instances that are shown. */
  readonly instances: readonly InstanceHealth[];
  readonly open: boolean;
  readonly onToggle: () => void;
}

export function ComponentRow({ component, instances, open, onToggle }: ComponentRowProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { ready, wanted, versions, zones } = component;
  const [line = "", ...more] = evidenceLines(component, instances, t, formats);
  const Chevron = open ? IconChevronDown : IconChevronRight;
  return (
    <tr className={styles.component} data-verdict={component.verdict}>
      <th scope="row">
        <button
          aria-controls={open ? `instances-${component.component}` : undefined}
          aria-expanded={open}
          className={styles.disclose}
          disabled={component.instances === 0}
          onClick={onToggle}
          type="button"
        >
          <Chevron aria-hidden size={14} stroke={1.5} />
          <span className={styles.name}>{component.component}</span>
        </button>
      </th>
      <td>
        <VerdictSign verdict={component.verdict} />
      </td>
      <td
        data-align="end"
        data-short={(wanted !== null && ready < wanted) || undefined}
        title={t("health.board.readyTitle", {
          ready: formats.number(ready),
          wanted: wanted === null ? t("health.noFigure") : formats.number(wanted),
          found: formats.number(component.instances),
          answering: formats.number(component.answering),
        })}
      >
        {formats.number(ready)}
        <span className={styles.of}> / {formats.number(wanted ?? component.instances)}</span>
      </td>
      <td className={styles.mono} title={versions.join(", ")}>
        {versions.length === 0
          ? "–"
          : versions.length > 2
            ? t("health.board.versions", { count: versions.length })
            : versions.join(", ")}
      </td>
      <td title={zones.join(", ")}>
        {zones.length === 0 ? "–" : zones.length > 1 ? t("health.board.zoneCount", { count: zones.length }) : zones[0]}
      </td>
      <td className={styles.muted}>
        <RelativeTime atMs={component.sinceMs} />
      </td>
      <td className={styles.evidence} title={[line, ...more].join("\n")}>
        {line}
        {more.length === 0 ? null : (
          <span className={styles.of}> {t("health.board.more", { count: more.length })}</span>
        )}
      </td>
    </tr>
  );
}

/** Kinds of evidence that only say "somebody of it": who, and why, is the better line where it is one. */
export const ABOUT_INSTANCES: ReadonlySet<string> = new Set(["instances-down", "instances-gray", "instances-degraded"]);

/** Why, one reason a line, what tells most first; doubts where there is nothing else. */
export function evidenceLines(
  component: ComponentHealth,
  instances: readonly InstanceHealth[],
  t: Translate,
  formats: Formats,
): readonly string[] {
  const blamed = instances.filter(({ verdict }) => verdict === component.verdict && verdict !== "healthy");
  const [only] = blamed.length === 1 ? blamed : [];
  const named =
    only === undefined ? [] : only.evidence.map((one) => `${only.instance}: ${evidenceText(one, t, formats)}`);
  const plain = component.evidence
    .filter(({ kind }) => named.length === 0 || !ABOUT_INSTANCES.has(kind))
    .map((one) => evidenceText(one, t, formats));
  const lines = [...component.causes.map((cause) => causeText(cause, t)), ...named, ...plain];
  if (lines.length > 0 || component.verdict === "healthy") return lines;
  return component.doubts.map((doubt) => t(`health.doubt.${doubt}`));
}
