import type { Evidence } from "../../../../src-shared/model/health/verdict.ts";
import type { ConditionReason } from "./gate-condition.ts";
import type { IsolationDecision } from "./isolation.ts";

/** In English, as all that Kubernetes shows of a pod is; the console words the same in its own language. */
const SENTENCES: Readonly<Record<Exclude<ConditionReason, "GrayFailure">, string>> = {
  FirstSeen: "No verdict speaks against it.",
  Recovered: "It is no longer gray.",
  NotJudged: "It cannot be judged, so nothing justifies keeping it out.",
  CommonCause: "A common cause is seen; no single ingester is to blame.",
  FewMates: "Too few ingesters are judged to compare it with.",
  OthersUnavailable: "Other ingesters are not available, so it cannot be spared.",
  OnlyOne: "Another ingester is out, and only one may be.",
};

/** What `kubectl describe pod` shows beside the condition. */
export function conditionMessage({ reason, evidence }: IsolationDecision, mates: number): string {
  if (reason === null) return "";
  if (reason !== "GrayFailure") return SENTENCES[reason];
  const told = evidence.map((one) => evidenceText(one)).join("; ");
  return `Gray against ${mates} ${mates === 1 ? "mate" : "mates"}${told === "" ? "." : `: ${told}.`}`;
}

function evidenceText({ kind, metric, unit, own, matesMedian, sinceMs }: Evidence): string {
  const against = matesMedian === null ? "" : ` against ${figure(matesMedian)}`;
  return `${kind} (${metric}, ${unit}): ${figure(own)}${against} since ${new Date(sinceMs).toISOString()}`;
}

function figure(value: number): string {
  return String(Number(value.toPrecision(3)));
}
