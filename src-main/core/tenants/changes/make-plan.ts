import { randomUUID } from "node:crypto";
import { planIdSchema, type SiteId } from "../../../../src-shared/model/ids.ts";
import type { OverrideExpiry } from "../../../../src-shared/model/tenants/board.ts";
import type { LimitChange, LimitPlan } from "../../../../src-shared/model/tenants/limit-change.ts";
import { PLAN_LIFETIME_MS } from "../../common/plan-book.ts";
import { effectiveLimits } from "../limits/effective-limits.ts";
import { readRuntimeOverrides, type RuntimeOverrides } from "../limits/runtime-overrides.ts";
import { capacityOf } from "./capacity.ts";
import type { SiteLimitFacts } from "./change-facts.ts";
import type { AuditedChange, FoundRuntime } from "./changes-parts.ts";
import type { Draft } from "./draft.ts";
import { parseExpiries, shownExpiry } from "./expiry-annotation.ts";
import { judgeDraft, MAX_MAP_BYTES } from "./judge-draft.ts";
import { changedLately } from "./lately.ts";
import { unifiedDiff } from "./line-diff.ts";
import { changedValues, saysTheSame, type ChangedValue } from "./override-values.ts";
import { changeSteps } from "./plan-steps.ts";
import type { RuntimeMap } from "./runtime-map.ts";

/** Of so many tenants it is told what holds for them; a file that changes more of them shows what it says alone. */
const MOST_EFFECTIVE = 200;

export interface PlanInput {
  readonly site: SiteId;
  readonly change: LimitChange;
  readonly found: FoundRuntime;
  readonly map: RuntimeMap;
  readonly draft: Draft;
  readonly facts: SiteLimitFacts;
  readonly audited: readonly AuditedChange[];
  readonly nowMs: number;
}

export interface MadePlan {
  readonly plan: LimitPlan;
  readonly hashChanges: boolean;
}

/** Everything that a person looks at before the change is made. */
export function makePlan(input: PlanInput): MadePlan {
  const { site, change, found, map, draft, facts, nowMs } = input;
  const { text, annotation } = draft.content;
  const before = readRuntimeOverrides(map.text);
  // What no ConfigMap holds is not read: it takes seconds, and says nothing that matters then.
  const oversized = Buffer.byteLength(text) > MAX_MAP_BYTES;
  const after = text === map.text || oversized ? before : readRuntimeOverrides(text);
  const values = withNamed(changedValues(before, after), change, before, after);
  const { capacity, problems } = capacityOf(values, before, after, facts);
  const judged = judgeDraft({ found, map, draft, values, before, after, facts, nowMs });
  const place = { ...found.place, resourceVersion: map.resourceVersion };
  return {
    hashChanges: !oversized && !saysTheSame(map.text, text),
    plan: {
      id: planIdSchema.parse(randomUUID()),
      site,
      change,
      createdAtMs: nowMs,
      expiresAtMs: nowMs + PLAN_LIFETIME_MS,
      place,
      edits: plannedEdits(values, before, after, facts),
      diff: oversized ? "" : unifiedDiff(place.key, map.text, text),
      problems: [...judged, ...problems],
      capacity: [...capacity],
      lately: changedLately(map, input.audited),
      steps: changeSteps(place, values.length),
      expiry: plannedExpiries(map.annotation, annotation, nowMs),
    },
  };
}

/** A value that is named stands in the plan also where it is the same already, as one that only gets an end. */
function withNamed(
  values: readonly ChangedValue[],
  change: LimitChange,
  before: RuntimeOverrides,
  after: RuntimeOverrides,
): readonly ChangedValue[] {
  if (change.kind !== "edits") return values;
  const named = change.edits.flatMap(({ tenant, key }) => {
    if (values.some((each) => each.tenant === tenant && each.key === key)) return [];
    const valueIn = ({ tenants }: RuntimeOverrides) =>
      tenants.get(tenant)?.findLast((each) => each.key === key)?.value ?? null;
    return [{ tenant, key, before: valueIn(before), after: valueIn(after) }];
  });
  const unique = new Map(named.map((value) => [`${value.tenant}\u0000${value.key}`, value]));
  return [...values, ...unique.values()];
}

function plannedEdits(
  values: readonly ChangedValue[],
  before: RuntimeOverrides,
  after: RuntimeOverrides,
  { config, defaults, gauges }: SiteLimitFacts,
): LimitPlan["edits"] {
  const tenants = [...new Set(values.map(({ tenant }) => tenant))].slice(0, MOST_EFFECTIVE);
  const holding = (overrides: RuntimeOverrides) =>
    new Map(
      tenants.map((tenant) => {
        const limits = effectiveLimits(tenant, { config, defaults, overrides, published: null });
        return [tenant, new Map(limits.map(({ key, value }) => [key, value?.text ?? null]))];
      }),
    );
  const [old, now] = [holding(before), holding(after)];
  return values.map(({ tenant, key, before: was, after: becomes }) => ({
    tenant,
    key,
    before: was?.text ?? null,
    after: becomes?.text ?? null,
    effectiveBefore: old.get(tenant)?.get(key) ?? was?.text ?? null,
    effectiveAfter: now.get(tenant)?.get(key) ?? becomes?.text ?? null,
    used: gauges.find((gauge) => gauge.tenant === tenant && gauge.key === key)?.used ?? null,
  }));
}

/** What will go back by itself, of what a change adds. */
export function plannedExpiries(before: string | undefined, after: string | null, nowMs: number): OverrideExpiry[] {
  const [old, now] = [parseExpiries(before), parseExpiries(after ?? undefined)];
  if (!now.ok) return [];
  const known = new Set(old.ok ? old.entries.map((entry) => JSON.stringify(entry)) : []);
  return now.entries.filter((entry) => !known.has(JSON.stringify(entry))).map((entry) => shownExpiry(entry, nowMs));
}
