import type { SiteId } from "../../../../src-shared/model/ids.ts";
import type { LogSource } from "../../logs/log-source.ts";
import type { Clock } from "../../common/clock.ts";
import type { SiteTenants } from "../board/site-tenants.ts";
import type { MaySee } from "../board/tenants-caller.ts";
import type { LimitsReader } from "../limits/reading/limits-reader.ts";

/** What explanations are made of; whoever composes the console passes it in. */
export interface ExplainParts {
  readonly siteTenants: (site: SiteId) => SiteTenants;
  readonly maySee: MaySee;
  readonly reader: Pick<LimitsReader, "ask">;
  /** The tenant's logs in that site's Loki. @throws AppError */
  readonly openLogs: (site: SiteId, tenant: string, signal: AbortSignal) => Promise<LogSource>;
  readonly clock: Clock;
}
