import type { RefusalExplanation } from "../../../../src-shared/model/tenants/explanation.ts";
import type { RefusalFacts } from "../refusal/explain-refusal.ts";
import { REFUSAL_RULES } from "../refusal/refusal-rules.ts";
import { advise, type AdviceFacts } from "./advise.ts";

const MAX_TEXT = 2_000;

/** What the text alone says; a site adds to it. */
export function plainExplanation(facts: RefusalFacts): RefusalExplanation {
  const { reason, path, tenant, limit, unit, value, asked, stream, ignored, notes } = facts;
  return {
    reason,
    path,
    tenant,
    limit,
    unit,
    value: value === null ? null : value.text.slice(0, MAX_TEXT),
    valueNumber: value?.number ?? null,
    valueFrom: value === null ? "unknown" : "text",
    asked: asked === null ? null : asked.text.slice(0, MAX_TEXT),
    askedNumber: asked?.number ?? null,
    stream,
    ignored,
    notes: [...notes],
    gauge: null,
    curve: [],
    senders: [],
    advice: advise(textFacts(facts)),
    gaps: [{ key: "no-site", params: {} }],
  };
}

/** Of a discard that the metrics tell, what is known of its reason; also of one that nobody here knows. */
export function discardFacts(tenant: string, reason: string): RefusalFacts {
  const rule = REFUSAL_RULES.find((candidate) => candidate.reason === reason);
  return {
    reason,
    path: rule?.path ?? "push",
    limit: rule?.limit ?? null,
    unit: rule?.unit ?? "none",
    tenant,
    value: null,
    asked: null,
    stream: null,
    what: null,
    ignored: null,
    notes: rule?.notes ?? [],
  };
}

export function textFacts({ reason, limit, value, asked, stream, what, unit }: RefusalFacts): AdviceFacts {
  // The share of one distributor, or of one ingester, is not what stands in a file.
  const shared = reason === "rate_limited" || reason === "stream_limit";
  const lateBy =
    unit === "time" && value?.number != null && asked?.number != null ? (value.number - asked.number) / 1_000 : null;
  return {
    reason,
    limit,
    current: shared || unit === "time" ? null : (value?.number ?? null),
    burst: null,
    asked: unit === "time" ? null : (asked?.number ?? null),
    peak: null,
    present: null,
    streamRate: null,
    lateBy: lateBy !== null && lateBy > 0 ? lateBy : null,
    length: lengthOf(reason, what),
    sender: null,
    what: what ?? stream ?? "",
    sharding: null,
    fits: () => null,
  };
}

/** Of the name or value that is too long, in bytes; only those two reasons tell one. */
function lengthOf(reason: string, what: string | null): number | null {
  return what !== null && (reason === "label_name_too_long" || reason === "label_value_too_long")
    ? Buffer.byteLength(what)
    : null;
}
