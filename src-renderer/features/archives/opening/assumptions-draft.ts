import {
  DAY_ORDERS,
  FILE_ENCODINGS,
  FILE_FORMATS,
  type ArchiveAssumptions,
  type ArchiveQuestion,
} from "../../../../src-shared/model/archive.ts";
import { labelSetSchema } from "../../../../src-shared/model/labels.ts";
import { formatNanoUtc, parseNanoTime } from "../../../../src-shared/model/nano-time.ts";
import { tenantIdProblem, tenantIdSchema } from "../../../../src-shared/model/tenant-id.ts";
import type { Pair } from "../../../components/pairs-field.tsx";

export const FOUND_BY_ITSELF = "auto";
export const ENCODING_CHOICES = [FOUND_BY_ITSELF, ...FILE_ENCODINGS] as const;
export const FORMAT_CHOICES = [FOUND_BY_ITSELF, ...FILE_FORMATS] as const;

/** What is typed of a person's assumptions; empty is "not said". */
export interface AssumptionsDraft {
  readonly zone: string;
  readonly year: string;
  readonly timeless: string;
  /** One of `DAY_ORDERS`. */
  readonly dayOrder: string;
  readonly encoding: (typeof ENCODING_CHOICES)[number];
  readonly format: (typeof FORMAT_CHOICES)[number];
  readonly tenant: string;
  readonly labels: readonly Pair[];
}

/** What files may leave open, in the order in which it is asked. */
export const ASKED_KINDS = [
  "dayOrder",
  "year",
  "zone",
  "timeless",
] as const satisfies readonly ArchiveQuestion["kind"][];

export type AssumptionsField = ArchiveQuestion["kind"] | "tenant" | "labels";
export type AssumptionsProblems = Readonly<Partial<Record<AssumptionsField, "needed" | "invalid">>>;

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const OFFSET = /^[+-]\d{2}:\d{2}$/;
const FIRST_YEAR = 1970;
const LAST_YEAR = 2261;

export function draftFromAssumptions(assumptions: ArchiveAssumptions): AssumptionsDraft {
  const { timelessFromNs } = assumptions;
  return {
    zone: assumptions.zone ?? "",
    year: assumptions.year === undefined ? "" : String(assumptions.year),
    timeless: timelessFromNs === undefined ? "" : formatNanoUtc(BigInt(timelessFromNs)),
    dayOrder: assumptions.dayOrder ?? "",
    encoding: assumptions.encoding ?? FOUND_BY_ITSELF,
    format: assumptions.format ?? FOUND_BY_ITSELF,
    tenant: assumptions.tenant ?? "",
    labels: Object.entries(assumptions.labels ?? {}),
  };
}

/** Whether a text names a time zone: `UTC`, `+08:00`, or a name of the IANA database. */
export function isZone(text: string): boolean {
  if (OFFSET.test(text)) return true;
  try {
    // oxlint-disable-next-line no-new -- it throws for a name it does not know
    new Intl.DateTimeFormat("en", { timeZone: text });
    return true;
  } catch {
    return false;
  }
}

function isYear(text: string): boolean {
  return /^\d{4}$/.test(text) && Number(text) >= FIRST_YEAR && Number(text) <= LAST_YEAR;
}

const FITS: Readonly<Record<ArchiveQuestion["kind"], (text: string) => boolean>> = {
  zone: isZone,
  year: isYear,
  timeless: (text) => parseNanoTime(text) !== null,
  dayOrder: (text) => DAY_ORDERS.some((order) => order === text),
};

/** Labels that were typed; a row with neither name nor value is no row yet. */
function typedLabels(draft: AssumptionsDraft): readonly Pair[] {
  return draft.labels.filter(([name, value]) => name.trim() !== "" || value !== "");
}

/** What keeps a draft from being an answer: what was asked must be said, and what is said must be what it is for. */
export function assumptionsProblems(
  draft: AssumptionsDraft,
  asked: ReadonlySet<ArchiveQuestion["kind"]>,
): AssumptionsProblems {
  const problems: Partial<Record<AssumptionsField, "needed" | "invalid">> = {};
  for (const kind of ASKED_KINDS) {
    const text = draft[kind].trim();
    if (text === "") {
      if (asked.has(kind)) problems[kind] = "needed";
    } else if (!FITS[kind](text)) problems[kind] = "invalid";
  }
  const tenant = draft.tenant.trim();
  if (tenant !== "" && tenantIdProblem(tenant) !== null) problems.tenant = "invalid";
  if (typedLabels(draft).some(([name, value]) => !LABEL_NAME.test(name.trim()) || value === "")) {
    problems.labels = "invalid";
  }
  return problems;
}

/** The assumptions of a draft without problems. */
export function assumptionsFromDraft(draft: AssumptionsDraft): ArchiveAssumptions {
  const timelessFromNs = draft.timeless.trim() === "" ? null : parseNanoTime(draft.timeless);
  const labels = typedLabels(draft).map(([name, value]) => [name.trim(), value]);
  const dayOrder = DAY_ORDERS.find((order) => order === draft.dayOrder);
  const zone = draft.zone.trim();
  const year = draft.year.trim();
  const tenant = draft.tenant.trim();
  return {
    ...(zone === "" ? {} : { zone }),
    ...(year === "" ? {} : { year: Number(year) }),
    ...(timelessFromNs === null ? {} : { timelessFromNs: String(timelessFromNs) }),
    ...(dayOrder === undefined ? {} : { dayOrder }),
    ...(draft.encoding === FOUND_BY_ITSELF ? {} : { encoding: draft.encoding }),
    ...(draft.format === FOUND_BY_ITSELF ? {} : { format: draft.format }),
    ...(tenant === "" ? {} : { tenant: tenantIdSchema.parse(tenant) }),
    ...(labels.length === 0 ? {} : { labels: labelSetSchema.parse(Object.fromEntries(labels)) }),
  };
}
