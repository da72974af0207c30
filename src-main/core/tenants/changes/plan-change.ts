import type { SiteId } from "../../../../src-shared/model/ids.ts";
import type { LimitChange } from "../../../../src-shared/model/tenants/limit-change.ts";
import type { BookedChange } from "./change-book.ts";
import type { SiteLimitFacts } from "./change-facts.ts";
import type { AuditedChange, FoundRuntime } from "./changes-parts.ts";
import { draftOfEdits, draftOfFile, draftOfRollback, type DraftContext } from "./draft-change.ts";
import type { Draft } from "./draft.ts";
import { knownThere } from "./judge-draft.ts";
import { makePlan, type MadePlan } from "./make-plan.ts";
import { saysTheSame } from "./override-values.ts";
import type { MapContent, RuntimeMap } from "./runtime-map.ts";

/** All that a plan is made of, so that it can be made in a thread: YAML of a megabyte takes seconds to be read several times. */
export interface PlanRequest {
  readonly site: SiteId;
  readonly change: LimitChange;
  readonly found: FoundRuntime;
  readonly map: RuntimeMap;
  /** The change that is taken back; `null` where it is another kind, or not known. */
  readonly booked: BookedChange | null;
  readonly facts: SiteLimitFacts;
  readonly audited: readonly AuditedChange[];
  readonly principal: string;
  readonly nowMs: number;
}

export interface PlannedChange extends MadePlan {
  readonly after: MapContent;
  /** The file says again what it said before the change that is taken back. */
  readonly asBefore: boolean;
}

/** Makes a plan, wherever it runs. @throws AppError `tenants.rollback-impossible` */
export type PlanChange = (request: PlanRequest, signal: AbortSignal) => Promise<PlannedChange>;

/** A plan with what would be written. @throws AppError `tenants.rollback-impossible` */
export function planChange(request: PlanRequest): PlannedChange {
  const { change, map, booked, facts, principal, nowMs } = request;
  const draft = draftOf(request, { map, nowMs, principal, alsoKnown: knownThere(facts) });
  const asBefore =
    change.kind === "rollback" && booked !== null && saysTheSame(booked.input.before.text, draft.content.text);
  return { ...makePlan({ ...request, draft }), after: draft.content, asBefore };
}

function draftOf({ change, booked }: PlanRequest, context: DraftContext): Draft {
  switch (change.kind) {
    case "edits":
      return draftOfEdits(change, context);
    case "file":
      return draftOfFile(change.text, context);
    case "rollback":
      return draftOfRollback(change.job, booked, context);
  }
}
