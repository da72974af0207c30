import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { EvidenceHistory } from "../../../../src-shared/model/health/instance-details.ts";
import type { EvidenceKind } from "../../../../src-shared/model/health/verdict.ts";
import type { SeriesHistory } from "../history/series-history.ts";
import { evidenceHistory } from "../verdicts/evidence-history.ts";
import type { SiteVerdicts } from "../verdicts/site-verdicts.ts";

export interface EvidenceQuestion {
  /** An instance, or a component for what is said of one as a whole. */
  readonly name: string;
  readonly kind: EvidenceKind;
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * The figure behind an evidence, for an instance beside its mates, or for a component as a whole.
 * @throws AppError `health.instance-unknown`
 */
export async function answerEvidence(
  history: SeriesHistory,
  verdicts: SiteVerdicts,
  { name, kind, fromMs, toMs }: EvidenceQuestion,
): Promise<EvidenceHistory> {
  const { instances, components } = verdicts;
  const one = instances.find(({ instance }) => instance === name);
  const whole = one === undefined ? components.find(({ component }) => component === name) : undefined;
  const said = one ?? whole;
  if (said === undefined) throw new AppError("health.instance-unknown", { instance: name });
  const all = instances.filter(({ component }) => component === said.component).map(({ instance }) => instance);
  const figure = said.evidence.find((evidence) => evidence.kind === kind)?.params["figure"];
  const [own, mates] = one === undefined ? [all, []] : [name, all];
  return evidenceHistory(history, kind, own, mates, fromMs, toMs, typeof figure === "string" ? figure : undefined);
}
