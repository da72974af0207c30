import type { TopologyEdge } from "../../../../src-shared/model/health/topology.ts";
import type { Fact } from "../../../components/facts.tsx";
import type { Formats } from "../../../hooks/formats.ts";
import type { Translate } from "../../../hooks/use-translate.ts";
import { isOutsider } from "./topology-nodes.ts";

/** From this share of errors on an arrow is drawn as one that fails. */
const FAILING_SHARE = 0.01;

export function isFailing({ errorShare }: TopologyEdge): boolean {
  return errorShare !== null && errorShare >= FAILING_SHARE;
}

/** A box's name: components have their own, what is outside is named in the person's language. */
export function nodeName(t: Translate, name: string): string {
  return isOutsider(name) ? t(`topology.outside.${name}`) : name;
}

function shareText(formats: Formats, share: number): string {
  const percent = share * 100;
  return `${formats.number(percent, percent < 10 ? 1 : 0)}%`;
}

/** The figures beside an arrow: rate, and under it the mean and what fails. */
export function edgeLabel(t: Translate, formats: Formats, edge: TopologyEdge): readonly [string, string] {
  const { perSecond, bytesPerSecond, meanSeconds, errorShare } = edge;
  const rate =
    perSecond === null ? (bytesPerSecond === null ? "–" : formats.bytesRate(bytesPerSecond)) : formats.rate(perSecond);
  const rest = [
    meanSeconds === null ? null : formats.duration(meanSeconds * 1_000),
    isFailing(edge) && errorShare !== null ? t("topology.failing", { share: shareText(formats, errorShare) }) : null,
  ];
  return [rate, rest.filter((part) => part !== null).join(" · ")];
}

/** Every figure to the last digit that is told; `–` where no metric tells it. */
export function edgeFacts(t: Translate, formats: Formats, edge: TopologyEdge): readonly Fact[] {
  const { perSecond, bytesPerSecond, meanSeconds, errorShare, metric } = edge;
  const untold = t("topology.untold");
  return [
    {
      label: t("topology.rate"),
      value: perSecond === null ? untold : `${formats.number(perSecond, 3)}/s`,
    },
    {
      label: t("topology.bytes"),
      value: bytesPerSecond === null ? untold : `${formats.bytesExact(Math.round(bytesPerSecond))}/s`,
    },
    {
      label: t("topology.mean"),
      value: meanSeconds === null ? untold : `${formats.number(meanSeconds * 1_000, 3)} ms`,
    },
    {
      label: t("topology.errors"),
      value: errorShare === null ? untold : `${formats.number(errorShare * 100, 3)}%`,
    },
    { label: t("topology.metric"), value: metric, mono: true },
  ];
}

/** 1 to 4 pixels, by the logarithm of the rate: the busiest arrow is the thickest. */
export function edgeWidths(edges: readonly TopologyEdge[]): readonly number[] {
  const most = Math.max(0, ...edges.map(({ perSecond }) => perSecond ?? 0));
  return edges.map(({ perSecond }) =>
    perSecond === null || most === 0 ? 1 : 1 + 3 * (Math.log10(1 + perSecond) / Math.log10(1 + most)),
  );
}
