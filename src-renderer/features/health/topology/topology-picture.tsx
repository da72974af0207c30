// oxlint-disable jsx-a11y/prefer-tag-over-role -- parts of a picture have no elements of their own
import { memo, useCallback, useMemo, type ReactElement } from "react";
import type { Topology } from "../../../../src-shared/model/health/topology.ts";
import type { ComponentHealth } from "../../../../src-shared/model/health/site-health.ts";
import type { Verdict } from "../../../../src-shared/model/health/verdict.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { edgeLabel, edgeWidths, isFailing, nodeName } from "./edge-text.ts";
import { InstanceCells } from "./instance-cells.tsx";
import type { NodeBox } from "./node-box.ts";
import { BOX, type TopologyLayout } from "./topology-layout.ts";
import type { BoardIndex } from "./topology-nodes.ts";
import styles from "./topology.module.css";
import { VerdictMark } from "./verdict-mark.tsx";

/** What the pointer or the focus is on. */
export type Pointed =
  | { readonly kind: "instance"; readonly instance: string }
  | { readonly kind: "edge"; readonly edge: number };

export type PathChoice = "both" | "write" | "read";

interface PictureProps {
  readonly layout: TopologyLayout;
  readonly topology: Topology;
  readonly board: BoardIndex;
  readonly path: PathChoice;
  readonly onPoint: (pointed: Pointed | null) => void;
  readonly onOpen: (instance: string) => void;
}

/** Narrower than this it is not shrunk any further: it scrolls. */
const LEAST_SCALE = 0.85;

const MOST_ZONE_LENGTH = 16;

/** The picture itself. It is drawn when a round brings figures, and not otherwise. */
export const TopologyPicture = memo(function TopologyPicture({
  layout,
  topology,
  board,
  path,
  onPoint,
  onOpen,
}: PictureProps): ReactElement {
  const t = useTranslate();
  const { widthPx, heightPx, boxes } = layout;
  return (
    <svg
      aria-label={t("topology.title")}
      className={styles.picture}
      role="group"
      style={{ maxWidth: widthPx, minWidth: widthPx * LEAST_SCALE }}
      viewBox={`0 0 ${widthPx} ${heightPx}`}
    >
      <defs>
        <marker
          className={styles.head}
          id="topology-head"
          markerHeight="10"
          markerUnits="userSpaceOnUse"
          markerWidth="10"
          orient="auto"
          refX="7"
          refY="4"
          viewBox="0 0 8 8"
        >
          <path d="M0 0 8 4 0 8Z" />
        </marker>
      </defs>
      <Edges layout={layout} onPoint={onPoint} path={path} topology={topology} />
      {boxes.map((box) => (
        <Node board={board} box={box} key={box.node.name} onOpen={onOpen} onPoint={onPoint} />
      ))}
    </svg>
  );
});

type EdgesProps = Pick<PictureProps, "layout" | "topology" | "path" | "onPoint">;

/** For eyes alone: the table says the same to those who do not see it. */
function Edges({ layout, topology, path, onPoint }: EdgesProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { edges } = topology;
  const widths = useMemo(() => edgeWidths(edges), [edges]);
  return (
    <g aria-hidden>
      {layout.routes.map(({ edge: index, d, labelX, labelY }) => {
        const edge = edges[index];
        if (edge === undefined) return null;
        const [rate, rest] = edgeLabel(t, formats, edge);
        const aside = path !== "both" && edge.path !== "both" && edge.path !== path;
        return (
          <g
            className={styles.edge}
            data-aside={aside || undefined}
            data-failing={isFailing(edge) || undefined}
            data-untold={edge.perSecond === null || undefined}
            key={`${edge.kind} ${edge.from} ${edge.to}`}
            onPointerEnter={() => onPoint({ kind: "edge", edge: index })}
            onPointerLeave={() => onPoint(null)}
          >
            <path className={styles.reach} d={d} />
            <path className={styles.line} d={d} markerEnd="url(#topology-head)" strokeWidth={widths[index]} />
            <text className={styles.rate} x={labelX} y={labelY - 5}>
              {rate}
            </text>
            {rest === "" ? null : (
              <text className={styles.rest} x={labelX} y={labelY + 14}>
                {rest}
              </text>
            )}
          </g>
        );
      })}
    </g>
  );
}

interface NodeProps {
  readonly box: NodeBox;
  readonly board: BoardIndex;
  readonly onPoint: (pointed: Pointed | null) => void;
  readonly onOpen: (instance: string) => void;
}

function Node({ box, board, onPoint, onOpen }: NodeProps): ReactElement {
  const t = useTranslate();
  const { node, x, y, widthPx, heightPx, grid } = box;
  const component = board.components.get(node.name);
  const onInstance = useCallback(
    (instance: string | null) => onPoint(instance === null ? null : { kind: "instance", instance }),
    [onPoint],
  );
  const verdicts = grid.cells.map(({ instance }): Verdict => board.instances.get(instance)?.verdict ?? "unknown");
  if (component === undefined) {
    return (
      <g transform={`translate(${x} ${y})`}>
        <rect className={styles.outside} height={heightPx} rx="4" width={widthPx} />
        <text className={styles.outsideName} textAnchor="middle" x={widthPx / 2} y={heightPx / 2 + 4}>
          {nodeName(t, node.name)}
        </text>
      </g>
    );
  }
  return (
    <g aria-label={node.name} role="group" transform={`translate(${x} ${y})`}>
      <rect className={styles.box} data-verdict={component.verdict} height={heightPx} rx="4" width={widthPx} />
      <VerdictMark verdict={component.verdict} x={BOX.padX + 5} y={17} />
      <text className={styles.name} x={BOX.padX + 18} y={21}>
        {node.name}
      </text>
      <NodeFigures component={component} inside={node.inside} />
      <g transform={`translate(${BOX.padX} ${BOX.headPx})`}>
        {grid.labels.map(({ zone, count, y: base }) => (
          <text className={styles.zone} key={zone} y={base}>
            {zone === "" ? t("topology.noZone") : shortened(zone)}
            {grid.counted ? ` · ${count}` : ""}
          </text>
        ))}
      </g>
      <InstanceCells
        component={node.name}
        grid={grid}
        onOpen={onOpen}
        onPoint={onInstance}
        verdicts={verdicts}
        x={BOX.padX}
        y={BOX.headPx}
      />
    </g>
  );
}

/** A zone's name in the room there is for it. */
function shortened(zone: string): string {
  return zone.length > MOST_ZONE_LENGTH ? `${zone.slice(0, MOST_ZONE_LENGTH - 1)}…` : zone;
}

function NodeFigures({
  component,
  inside,
}: {
  readonly component: ComponentHealth;
  readonly inside: number;
}): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { ready, wanted, instances, versions } = component;
  const parts = [
    t("topology.ready", { ready: formats.number(ready), wanted: formats.number(wanted ?? instances) }),
    versions.length > 1 ? t("topology.versions", { count: versions.length }) : null,
    inside > 0 ? t("topology.inside", { count: inside }) : null,
  ];
  return (
    <text className={styles.figures} data-short={ready < (wanted ?? instances) || undefined} x={BOX.padX + 18} y={36}>
      {versions.length > 1 ? <title>{versions.join(", ")}</title> : null}
      {parts.filter((part) => part !== null).join(" · ")}
    </text>
  );
}
