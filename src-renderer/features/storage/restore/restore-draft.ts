import type { Store } from "../../../../src-shared/model/storage/store.ts";
import { msFromNano, nanoFromMs } from "../../../../src-shared/model/nano-time.ts";
import type { InputOf } from "../../../rpc/procedure-names.ts";
import type { TimeZoneChoice } from "../../../hooks/formats.ts";
import { parseRangeEnd, resolveRangeEnd, type RangeEndProblem } from "../../../hooks/range-expression.ts";

export type RestoreInput = InputOf<"recovery", "planRestore">;
export type RestorePurpose = "restore" | "drill";

/** What a restore is about, as it is typed. */
export interface RestoreDraft {
  readonly source: "versions" | "store";
  /** `now-2h`, a date, RFC 3339. */
  readonly asOf: string;
  readonly from: string;
  /** Tenants, separated by commas or spaces; empty for all. */
  readonly tenants: string;
  readonly start: string;
  readonly end: string;
  readonly verify: "fast" | "deep";
  /** Where a drill restores to. */
  readonly into: string;
}

/** Fields that a draft cannot be sent for, each with what is wrong: `storage.restore.problem.<problem>`. */
export type RestoreDraftProblems = Partial<
  Record<"asOf" | "from" | "start" | "end" | "into", RangeEndProblem | "future" | "missing" | "order">
>;

export interface RestoreSubject {
  readonly store: Store;
  readonly purpose: RestorePurpose;
  /** What it is narrowed to: findings of a scan. */
  readonly findings: { readonly scan: string; readonly ids: readonly string[] | null } | null;
}

export function freshRestoreDraft({ store }: RestoreSubject): RestoreDraft {
  const { dr, scratch } = store.config;
  return {
    source: dr === null ? "versions" : "store",
    asOf: "now-1h",
    from: dr ?? "",
    tenants: "",
    start: "",
    end: "",
    verify: "fast",
    into: scratch ?? "",
  };
}

/** What is sent, or what is wrong. */
export function readRestoreDraft(
  draft: RestoreDraft,
  { store, purpose, findings }: RestoreSubject,
  nowMs: number,
  zone: TimeZoneChoice,
): { readonly request: RestoreInput } | { readonly problems: RestoreDraftProblems } {
  const problems: RestoreDraftProblems = {};
  const instant = (field: "asOf" | "start" | "end", text: string): number => {
    const end = parseRangeEnd(text, zone);
    if (typeof end === "string") {
      problems[field] = end;
      return Number.NaN;
    }
    return msFromNano(resolveRangeEnd(end, nanoFromMs(nowMs)));
  };
  const optional = (field: "start" | "end", text: string) => (text.trim() === "" ? null : instant(field, text));
  const asOfMs = draft.source === "versions" ? instant("asOf", draft.asOf) : 0;
  if (asOfMs > nowMs) problems.asOf = "future";
  if (draft.source === "store" && draft.from === "") problems.from = "missing";
  if (purpose === "drill" && draft.into === "") problems.into = "missing";
  const fromMs = optional("start", draft.start);
  const throughMs = optional("end", draft.end);
  if (fromMs !== null && throughMs !== null && throughMs < fromMs) problems.end ??= "order";
  if (Object.keys(problems).length > 0) return { problems };
  const tenants = draft.tenants.split(/[\s,]+/).filter((tenant) => tenant !== "");
  return {
    request: {
      store: store.id,
      source: draft.source === "versions" ? { kind: "versions", asOfMs } : { kind: "store", store: draft.from },
      scope: { tenants: tenants.length === 0 ? null : tenants, fromMs, throughMs },
      findings:
        findings === null ? null : { scan: findings.scan, ids: findings.ids === null ? null : [...findings.ids] },
      verify: draft.verify,
      into: purpose === "drill" ? draft.into : null,
      bytesPerSecond: null,
    },
  };
}
