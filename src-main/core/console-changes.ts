import { isAppError } from "../../src-shared/errors/app-error.ts";
import type { SiteId } from "../../src-shared/model/ids.ts";
import { decide } from "../../src-shared/permissions/decide.ts";
import { statusFailure } from "./clusters/kubernetes-status.ts";
import type { ConsoleBase } from "./console-base.ts";
import { sendFailure } from "./health/operations/adapters/acting-request.ts";
import { parseExposition } from "./health/scraping/exposition-parser.ts";
import { mayUseTenant } from "./identity/tenant-scope.ts";
import { ChangeBook } from "./tenants/changes/change-book.ts";
import type { AuditedChange, ChangesParts } from "./tenants/changes/changes-parts.ts";
import { ChangesService, SYSTEM_PRINCIPAL } from "./tenants/changes/changes.service.ts";
import { ExpiryEnforcer } from "./tenants/changes/expiry-enforcer.ts";
import { runtimeMapStore } from "./tenants/changes/runtime-map-store.ts";

/** What whoever opens changes has besides the base: the ways to a site, and what is known of its limits. */
export type ChangesDomain = Pick<
  ChangesParts,
  "openSite" | "findRuntime" | "facts" | "publishedLimits" | "planChange" | "jobs" | "convergence"
> & { readonly base: ConsoleBase };

const LOOKED_AT = 50;

/** Changes of limits over a profile: its book of changes, its audit log. */
export function openChanges(domain: ChangesDomain, opened: AsyncDisposableStack): ChangesService {
  const { base, ...given } = domain;
  const { profile, clock, announcements, logger } = base;
  const book = opened.use(new ChangeBook(profile.file("limit-changes.db")));
  return new ChangesService({
    ...given,
    maps: (client) => runtimeMapStore(client, { refusal: statusFailure, unanswered: sendFailure }),
    parseExposition,
    auditedChanges: (site) => ownChanges(book, site),
    mayUse: (caller, tenant) => mayUseTenant(caller, tenant),
    book,
    clock,
    announcer: announcements,
    logger: logger.child("limits"),
  });
}

export interface ExpiriesDomain {
  readonly base: ConsoleBase;
  readonly readOnly: () => boolean;
  /** The sites that this console watches. */
  readonly watched: () => Promise<readonly { readonly site: SiteId; readonly name: string }[]>;
}

/** Lets values go back whose time is over, while this console runs, may do it and is not read-only. */
export function enforceExpiries(
  { base, readOnly, watched }: ExpiriesDomain,
  service: ChangesService,
  opened: AsyncDisposableStack,
): void {
  const { settings, audit, clock, announcements, logger } = base;
  opened.use(
    new ExpiryEnforcer({
      overdue: async (signal) => {
        const sites = (await watched()).map(async ({ site, name }) => ({
          site,
          name,
          overdue: await overdueAt(service, site, signal),
        }));
        return Promise.all(sites);
      },
      mayAct: () => decide({ role: settings.get("safety.role"), readOnly: readOnly() }, "tenants.limits").allowed,
      restore: async (site, signal) => {
        const role = settings.get("safety.role");
        const record = {
          principal: SYSTEM_PRINCIPAL,
          role,
          action: "tenants.restoreExpired",
          auditClass: "change",
        } as const;
        const sequence = await audit.begin({ ...record, subject: { site } });
        try {
          await service.restoreExpired(site, signal);
          await audit.end(sequence, "succeeded", null);
        } catch (error) {
          const code = error instanceof Error && "code" in error ? String(error.code) : "internal";
          await audit.end(sequence, signal.aborted ? "cancelled" : "failed", code);
          throw error;
        }
      },
      clock,
      announcer: announcements,
      logger: logger.child("limits"),
    }),
  );
}

/** None where it cannot be told: the board says why. */
async function overdueAt(service: ChangesService, site: SiteId, signal: AbortSignal): Promise<number> {
  try {
    return await service.overdue(site, signal);
  } catch (error) {
    if (signal.aborted || !isAppError(error)) throw error;
    return 0;
  }
}

/** Each with its reason: the audit log has the same by plan, without the site. */
function ownChanges(book: ChangeBook, site: SiteId): readonly AuditedChange[] {
  return book.list(site, LOOKED_AT).map(({ atMs, input }) => ({ who: input.principal, atMs, what: input.reason }));
}
