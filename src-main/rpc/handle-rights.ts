import type { LogTarget } from "../../src-shared/api/log-target.ts";
import type { TenantNeed } from "../../src-shared/api/procedure.ts";
import { mayUseTenant, type TenantScope } from "../core/identity/tenant-scope.ts";
import type { Caller } from "./call-context.ts";
import type { HandleRight, HandleRights } from "./tenant-reach.ts";

/** What is asked about things that have an owner; each answers without counting as a use of the thing. */
export interface OwnedThings {
  readonly resultSet: (id: string) => { readonly owner: string; readonly target: LogTarget } | null;
  readonly job: (id: string) => { readonly principal: string; readonly tenants: TenantNeed } | null;
  /** `null` for one that is no person's own, `undefined` when there is none. */
  readonly archiveOwner: (id: string) => string | null | undefined;
}

/** Whether a scope takes in all of a need. */
export function covers(scope: TenantScope, need: TenantNeed): boolean {
  if (scope.kind === "every") return true;
  return need !== "every" && need.every((tenant) => mayUseTenant({ tenants: scope }, tenant));
}

/** A job may be seen by its owner, and by who may see all of its tenants. */
export function maySeeJob(
  { principal, tenants }: Caller,
  job: { readonly principal: string; readonly tenants: TenantNeed },
): boolean {
  return job.principal === principal || covers(tenants, job.tenants);
}

/**
 * A job that is taken up again reads what it is about, so its owner must still be allowed that. What is not of single tenants
 * was allowed when it began.
 */
function mayRunJob(caller: Caller, job: { readonly principal: string; readonly tenants: TenantNeed }): boolean {
  return maySeeJob(caller, job) && (job.tenants === "every" || covers(caller.tenants, job.tenants));
}

/** An archive is its uploader's; one that was opened by its path is of those who may see every tenant. */
export function mayUseArchive({ principal, tenants }: Caller, owner: string | null): boolean {
  return tenants.kind === "every" || owner === principal;
}

/** The rights of this console's callers to the things that it holds. */
export function handleRights(things: OwnedThings): HandleRights {
  const archive = (id: string, caller: Caller): HandleRight => {
    const owner = things.archiveOwner(id);
    return owner === undefined ? "unknown" : granted(mayUseArchive(caller, owner));
  };
  // Also one's own set stays out of reach when a later sign-in says less than the one that opened it.
  const stillReached = (target: LogTarget, caller: Caller): boolean => {
    if (target.kind === "archive") return archive(target.archive, caller) !== "refused";
    return covers(caller.tenants, target.kind === "pods" ? "every" : [target.tenant]);
  };
  return ({ kind, id }, caller) => {
    switch (kind) {
      case "result-set": {
        const set = things.resultSet(id);
        if (set === null) return "unknown";
        return granted(set.owner === caller.principal && stillReached(set.target, caller));
      }
      case "job":
      case "job-run": {
        const job = things.job(id);
        if (job === null) return "unknown";
        return granted(kind === "job" ? maySeeJob(caller, job) : mayRunJob(caller, job));
      }
      case "archive":
        return archive(id, caller);
    }
  };
}

function granted(yes: boolean): HandleRight {
  return yes ? "granted" : "refused";
}
