import type { ReactElement } from "react";
import type { Verdict } from "../../../../src-shared/model/health/verdict.ts";
import { verdictTone } from "../../../components/verdict-sign.tsx";
import { StatusShape } from "../../../components/status-shape.tsx";
import { useTranslate } from "../../../hooks/use-translate.ts";

/** A verdict's shape inside a picture, its middle at a point. */
export function VerdictMark({
  verdict,
  x,
  y,
}: {
  readonly verdict: Verdict;
  readonly x: number;
  readonly y: number;
}): ReactElement {
  const t = useTranslate();
  return (
    <g transform={`translate(${x - 5} ${y - 5})`}>
      <StatusShape label={t(`health.verdict.${verdict}`)} tone={verdictTone(verdict)} />
    </g>
  );
}
