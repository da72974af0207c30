import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { JobId } from "../../../../src-shared/model/ids.ts";
import type { LimitChange, LimitProblem } from "../../../../src-shared/model/tenants/limit-change.ts";
import { tenantIdSchema } from "../../../../src-shared/model/tenant-id.ts";
import type { OverrideEdit } from "../limits/edit-overrides.ts";
import { readRuntimeOverrides } from "../limits/runtime-overrides.ts";
import type { BookedChange } from "./change-book.ts";
import { bounded, draftAnnotation, draftEdits, stops, type Draft } from "./draft.ts";
import { parseExpiries, sameOverride, type LimitExpiry } from "./expiry-annotation.ts";
import { MAX_MAP_BYTES } from "./judge-draft.ts";
import { textOfValue, valueOfText } from "./limit-text.ts";
import { changedValues, overrideIn, sameBesidesOverrides, sameOrNone } from "./override-values.ts";
import type { RuntimeMap } from "./runtime-map.ts";

const MINUTE_MS = 60_000;
/** Of one change; the rest of what is due goes back with the next. */
const MOST_EDITS = 100;

type Edits = Extract<LimitChange, { readonly kind: "edits" }>;

export interface DraftContext {
  readonly map: RuntimeMap;
  readonly nowMs: number;
  readonly principal: string;
  /** Keys that the site's Loki has and the table has not. */
  readonly alsoKnown: (key: string) => boolean;
}

/** Single values, some of them for a while. A value that is set without an end stands from now on, whatever it was. */
export function draftOfEdits({ edits, expiresAfterMinutes }: Edits, context: DraftContext): Draft {
  const { map, nowMs, principal, alsoKnown } = context;
  const problems: LimitProblem[] = [];
  const last = new Map(edits.map((edit) => [`${edit.tenant}\u0000${edit.key}`, edit]));
  const before = readRuntimeOverrides(map.text);
  const reading = parseExpiries(map.annotation);
  const wanted: OverrideEdit[] = [];
  const expiring: LimitExpiry[] = [];
  for (const { tenant, key, value } of last.values()) {
    const read = value === null ? null : valueOfText(key, value, alsoKnown);
    if (read !== null && !read.ok) {
      problems.push(
        stops(read.reason, {
          tenant,
          key,
          path: `overrides.${tenant}.${key}`,
          line: 0,
          detail: bounded(read.expected),
        }),
      );
      continue;
    }
    const present = overrideIn(before, tenant, key);
    // A spelling of its own is left as it is where it says the same.
    if (read === null || present === null || !sameOrNone(present, read)) {
      wanted.push({ tenant, key, yaml: read === null ? undefined : read.yaml });
    }
    if (expiresAfterMinutes === undefined) continue;
    if (read === null) {
      problems.push(stops("removal-expires", { tenant, key }));
      continue;
    }
    const earlier = reading.ok ? reading.entries.find((entry) => sameOverride(entry, { tenant, key })) : undefined;
    expiring.push({
      tenant,
      key,
      value: textOfValue(read.yaml),
      // Raised a second time, it goes back to what it was before the first.
      restores: earlier === undefined ? (present === null ? null : textOfValue(present.yaml)) : earlier.restores,
      expiresAtMs: nowMs + expiresAfterMinutes * MINUTE_MS,
      by: principal.slice(0, 200),
    });
  }
  const draft = draftEdits(map, wanted, { drop: [...last.values()], add: expiring });
  return { ...draft, problems: [...problems, ...draft.problems] };
}

/** A whole file. Values that it changes stand from now on. */
export function draftOfFile(text: string, { map }: DraftContext): Draft {
  const oversized = Buffer.byteLength(text) > MAX_MAP_BYTES;
  const changed = oversized ? [] : changedValues(readRuntimeOverrides(map.text), readRuntimeOverrides(text));
  const { annotation, problems } = draftAnnotation(map, { drop: changed, add: [] });
  return { content: { text, annotation }, problems };
}

/**
 * Takes a change back. Where the ConfigMap still is what that change wrote, byte for byte; else value by value, each only where it
 * still is as the change left it.
 * @throws AppError `tenants.rollback-impossible`
 */
export function draftOfRollback(job: JobId, booked: BookedChange | null, { map }: DraftContext): Draft {
  const impossible = (problem: string) => new AppError("tenants.rollback-impossible", { job, problem });
  if (booked === null) throw impossible("no such change");
  const { input, report } = booked;
  if (report.rolledBackBy !== undefined) throw impossible(`taken back by ${report.rolledBackBy}`);
  if (report.writtenVersion === null) throw impossible("nothing was written");
  const before = readRuntimeOverrides(input.before.text);
  const after = readRuntimeOverrides(input.after.text);
  const now = readRuntimeOverrides(map.text);
  const values = changedValues(before, after);
  const whole = map.text === input.after.text;
  if (!whole && !sameBesidesOverrides(input.before.text, input.after.text)) {
    throw impossible("it changed more than overrides, and the file has been changed since");
  }
  const problems: LimitProblem[] = [];
  const edits: OverrideEdit[] = [];
  for (const { tenant, key, before: old, after: written } of whole ? [] : values) {
    const present = overrideIn(now, tenant, key);
    if (sameOrNone(present, written)) edits.push({ tenant, key, yaml: old?.yaml });
    else if (!sameOrNone(present, old)) {
      problems.push(stops("already-changed", { tenant: bounded(tenant), key, value: bounded(present?.text ?? "") }));
    }
  }
  const earlier = parseExpiries(input.before.annotation ?? undefined);
  const later = parseExpiries(input.after.annotation ?? undefined);
  // Also of values that the change only set an end for.
  const touched = [
    ...values,
    ...(later.ok ? later.entries : []).filter((entry) => !isAmong(entry, earlier.ok ? earlier.entries : [])),
  ];
  const add = (earlier.ok ? earlier.entries : []).filter((entry) => touched.some((each) => sameOverride(each, entry)));
  const draft = draftEdits(map, edits, { drop: touched, add });
  const annotation =
    (map.annotation ?? null) === input.after.annotation ? input.before.annotation : draft.content.annotation;
  return {
    content: { text: whole ? input.before.text : draft.content.text, annotation },
    problems: [...problems, ...draft.problems],
  };
}

/** What is due goes back where its value still stands; else its entry alone goes, since somebody decided otherwise. */
export function expiredEdits(map: RuntimeMap, nowMs: number): Edits["edits"] {
  const reading = parseExpiries(map.annotation);
  const due = reading.ok ? reading.entries.filter(({ expiresAtMs }) => expiresAtMs <= nowMs) : [];
  if (due.length === 0) return [];
  const overrides = readRuntimeOverrides(map.text);
  return due.slice(0, MOST_EDITS).map(({ tenant, key, value, restores }) => {
    const present = overrideIn(overrides, tenant, key);
    const set = valueOfText(key, value, () => true);
    const stands = present !== null && set.ok && sameOrNone(present, set);
    const kept = present === null ? null : textOfValue(present.yaml);
    return { tenant: tenantIdSchema.parse(tenant), key, value: stands ? restores : kept };
  });
}

function isAmong(entry: LimitExpiry, entries: readonly LimitExpiry[]): boolean {
  return entries.some(
    (each) => sameOverride(each, entry) && each.expiresAtMs === entry.expiresAtMs && each.value === entry.value,
  );
}
