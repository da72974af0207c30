import { isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { LimitChangeReport, LimitPlan } from "../../../../src-shared/model/tenants/limit-change.ts";
import type { LimitValue, LimitYaml } from "../../../../src-shared/model/tenants/limit.ts";
import type { HealthSite } from "../../health/health-site.ts";
import { sameLimit } from "../limits/effective-limits.ts";
import { limitOf } from "../limits/limit-table.ts";
import { readLimit } from "../limits/limit-value.ts";
import type { StepDetail } from "./change-report.ts";
import type { ChangesParts } from "./changes-parts.ts";
import { bounded } from "./draft.ts";
import { valueOfText } from "./limit-text.ts";

/** Of a file that changes more tenants the first are asked for; the hash speaks for all of it. */
const MOST_TENANTS = 50;

export interface VerifyInput {
  readonly site: HealthSite;
  readonly plan: LimitPlan;
  readonly parts: Pick<ChangesParts, "publishedLimits">;
  readonly signal: AbortSignal;
}

export interface Verified {
  readonly held: LimitChangeReport["held"];
  readonly detail: StepDetail;
  /** The first value that is another one than was planned. */
  readonly problem: string | null;
}

type Published = Readonly<Record<string, LimitYaml>> | null;

/**
 * Asks what holds now, value by value. Loki publishes a part of the limits, and none of those that distributors and ingesters
 * enforce: those are verified by the hash alone, and it is said how many they are.
 */
export async function verifyValues({ site, plan, parts, signal }: VerifyInput): Promise<Verified> {
  const tenants = [...new Set(plan.edits.map(({ tenant }) => tenant))].slice(0, MOST_TENANTS);
  const asked = tenants.map(async (tenant) => {
    const published = await askedFor(parts, site, tenant, signal);
    return [tenant, published] as const;
  });
  const known = new Map(await Promise.all(asked));
  const held = plan.edits.map(({ tenant, key, effectiveAfter }) => {
    const published = known.get(tenant) ?? null;
    const limit = limitOf(key);
    const told = limit === null || published === null || !Object.hasOwn(published, key) ? null : published[key];
    const reading = limit === null || told === undefined || told === null ? null : readLimit(limit, told);
    if (reading === null || !reading.ok) return { tenant, key, value: null, asPlanned: true };
    return { tenant, key, value: reading.value.text, asPlanned: isAsPlanned(key, effectiveAfter, reading.value) };
  });
  const told = held.filter(({ value }) => value !== null).length;
  const wrong = held.find(({ asPlanned }) => !asPlanned);
  return {
    held,
    detail: { key: told === 0 ? "verified-by-hash" : "verified", params: { told, hidden: held.length - told } },
    problem: wrong === undefined ? null : bounded(`${wrong.tenant} ${wrong.key}: ${wrong.value ?? ""}`),
  };
}

/** What the plan did not know cannot be missed. */
function isAsPlanned(key: string, planned: string | null, told: LimitValue): boolean {
  if (planned === null || planned === told.text) return true;
  const wanted = valueOfText(key, planned, () => true);
  return wanted.ok && sameLimit(wanted, told);
}

/** That nobody can be asked does not undo what the hash says. */
async function askedFor(
  parts: VerifyInput["parts"],
  site: HealthSite,
  tenant: string,
  signal: AbortSignal,
): Promise<Published> {
  try {
    return await parts.publishedLimits(site, tenant, signal);
  } catch (error) {
    if (signal.aborted || !isAppError(error)) throw error;
    return null;
  }
}
