import type { JobId, SiteId } from "../../../../src-shared/model/ids.ts";
import type {
  CardinalityReport,
  CardinalityRequest,
  EmergencyPlan,
  LabelChange,
  WhatIf,
} from "../../../../src-shared/model/tenants/cardinality.ts";

/** One sample that is kept. */
export interface KeptReport {
  readonly job: JobId;
  readonly takenAtMs: number;
  readonly series: number;
  readonly labels: number;
  readonly sampledShare: number;
}

/** Streams of a tenant on one day in UTC (`2026-11-20`), and values by label. */
export interface CardinalityDay {
  readonly day: string;
  readonly series: number;
  readonly labels: Readonly<Record<string, number>>;
}

/** Which report: its tenant is checked again wherever it is asked for. */
export interface ReportPlace {
  readonly site: SiteId;
  readonly tenant: string;
  readonly job: JobId;
}

/** Labels, values and streams of tenants, as the door asks for them. */
export interface CardinalityDesk {
  start(request: CardinalityRequest, principal: string): JobId;
  /** Newest first. */
  reports(site: SiteId, tenant: string): Promise<readonly KeptReport[]>;
  /** @throws AppError `cardinality.report-unknown`, `cardinality.report-damaged` */
  report(place: ReportPlace): Promise<CardinalityReport>;
  /** @throws AppError as `report` */
  whatIf(place: ReportPlace, changes: readonly LabelChange[], signal: AbortSignal): Promise<WhatIf>;
  /** Oldest first. */
  growth(site: SiteId, tenant: string): Promise<readonly CardinalityDay[]>;
  /** @throws AppError as `report` */
  emergency(place: ReportPlace, label: string, signal: AbortSignal): Promise<EmergencyPlan>;
  /** @throws AppError `health.nobody-tells` where neither a limit nor streams were seen */
  alertRule(
    site: SiteId,
    tenant: string,
    signal: AbortSignal,
  ): Promise<{ readonly yaml: string; readonly threshold: number; readonly from: string }>;
}
