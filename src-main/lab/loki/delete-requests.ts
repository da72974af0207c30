import type { LogExpr } from "../../../src-shared/logql/ast.ts";
import { parseLogQl } from "../../../src-shared/logql/parser.ts";
import type { Clock } from "../../core/common/clock.ts";
import { MaskedStreams, type LineMask } from "../store/masked-stream.ts";
import type { LabStream } from "../store/stream.ts";
import { mix, textSeed } from "../traffic/seeded-random.ts";
import { deletionMask } from "./deletion-mask.ts";

/** A delete request as it was made. Times are milliseconds. */
export interface DeleteRequestOrder {
  readonly tenant: string;
  readonly query: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly createdMs: number;
}

export interface StoredDeleteRequest extends DeleteRequestOrder {
  readonly id: string;
  readonly status: string;
}

interface Entry extends DeleteRequestOrder {
  readonly id: string;
  readonly expr: LogExpr;
  /** When the compactor began with it; `null` while it has not. */
  beganMs: number | null;
}

/** What the compactor's metrics say of delete requests. */
export interface DeleteCounts {
  /** Past their cancel period and not finished. */
  readonly pending: number;
  readonly oldestPendingSeconds: number;
  readonly received: ReadonlyMap<string, number>;
  readonly processed: ReadonlyMap<string, number>;
}

export type CancelOutcome = "cancelled" | "not-found" | "processed" | "too-late";

export const CANCEL_PERIOD_MS = 86_400_000;
export const COMPACTION_INTERVAL_MS = 600_000;
/** How long the compactor takes for one request. */
const PROCESSING_MS = 30_000;

/** Whether the compactor compacts: `null` while there is none or it is stuck, else since when its process runs. */
export type CompactorState = (nowMs: number) => { readonly sinceMs: number } | null;

/**
 * The delete requests of all tenants. The compactor takes up those that are past their cancel period with its next run,
 * tells how far it is, and at its end their lines are gone from what the tenant's queries read.
 */
export class DeleteRequests {
  readonly #clock: Clock;
  readonly #compactor: CompactorState;
  readonly #entries: Entry[] = [];
  readonly #received = new Map<string, number>();
  readonly #generations = new Map<string, bigint>();
  readonly #masks = new Map<string, MaskedStreams>();
  /** Until when the compactor is known not to have worked. */
  #idleUntilMs = 0;
  #made = 0;

  constructor(clock: Clock, compactor: CompactorState) {
    this.#clock = clock;
    this.#compactor = compactor;
  }

  /** Adds a request whose query was checked; its id. */
  add(order: DeleteRequestOrder, expr: LogExpr): string {
    this.#made += 1;
    const id = mix(textSeed(`${order.tenant}/${order.query}`), order.createdMs, this.#made)
      .toString(16)
      .padStart(8, "0");
    this.#entries.push({ ...order, id, expr, beganMs: null });
    this.#received.set(order.tenant, (this.#received.get(order.tenant) ?? 0) + 1);
    this.#touch(order.tenant);
    return id;
  }

  /** Requests of one tenant, or of all, the oldest first. */
  list(tenant: string | null): StoredDeleteRequest[] {
    const nowMs = this.#advance();
    return this.#entries
      .filter((entry) => tenant === null || entry.tenant === tenant)
      .toSorted((a, b) => a.createdMs - b.createdMs)
      .map((entry) => ({ ...entry, status: statusOf(entry, nowMs) }));
  }

  /** Cancels a request; an empty id means all of the tenant's that can still be cancelled, as in Loki. */
  cancel(tenant: string, id: string, force: boolean): CancelOutcome {
    const nowMs = this.#advance();
    const own = this.#entries.filter((entry) => entry.tenant === tenant && (id === "" || entry.id === id));
    if (own.length === 0) return "not-found";
    const open = own.filter((entry) => statusOf(entry, nowMs) !== "processed");
    if (open.length === 0) return "processed";
    const late = open.some((entry) => entry.beganMs !== null || entry.createdMs + CANCEL_PERIOD_MS < nowMs);
    if (late && !force) return "too-late";
    for (const entry of open) this.#entries.splice(this.#entries.indexOf(entry), 1);
    this.#touch(tenant);
    return "cancelled";
  }

  /** A tenant's streams without the lines that processed requests have removed. */
  mask(tenant: string, streams: LabStream[]): LabStream[] {
    if (this.#entries.length === 0) return streams;
    const nowMs = this.#advance();
    const done = this.#entries.filter((entry) => entry.tenant === tenant && statusOf(entry, nowMs) === "processed");
    if (done.length === 0) return streams;
    const key = done.map(({ id }) => id).join(",");
    let masked = this.#masks.get(tenant);
    if (masked?.key !== key) {
      const masks: LineMask[] = done.map((entry) => deletionMask(entry, () => BigInt(Math.floor(nowMs)) * 1_000_000n));
      masked = new MaskedStreams(key, masks);
      this.#masks.set(tenant, masked);
    }
    return streams.map((stream) => masked.apply(stream));
  }

  /** Changes whenever what caches hold of a tenant is no longer right; `null` while nothing ever changed. */
  generation(tenant: string): bigint | null {
    this.#advance();
    return this.#generations.get(tenant) ?? null;
  }

  counts(): DeleteCounts {
    const nowMs = this.#advance();
    const processed = new Map<string, number>();
    let pending = 0;
    let oldestMs = 0;
    for (const entry of this.#entries) {
      if (statusOf(entry, nowMs) === "processed") {
        processed.set(entry.tenant, (processed.get(entry.tenant) ?? 0) + 1);
        continue;
      }
      const overMs = nowMs - entry.createdMs - CANCEL_PERIOD_MS;
      if (overMs < 0) continue;
      pending += 1;
      oldestMs = Math.max(oldestMs, overMs);
    }
    return { pending, oldestPendingSeconds: oldestMs / 1_000, received: this.#received, processed };
  }

  /** Lets the compactor take up what has fallen due. */
  #advance(): number {
    const nowMs = this.#clock.nowMs();
    const compactor = this.#compactor(nowMs);
    if (compactor === null) {
      this.#idleUntilMs = nowMs;
      return nowMs;
    }
    for (const entry of this.#entries) {
      if (entry.beganMs !== null) continue;
      const fromMs = Math.max(entry.createdMs + CANCEL_PERIOD_MS, compactor.sinceMs, this.#idleUntilMs);
      const runMs = Math.ceil(fromMs / COMPACTION_INTERVAL_MS) * COMPACTION_INTERVAL_MS;
      if (runMs > nowMs) continue;
      entry.beganMs = runMs;
      this.#touch(entry.tenant);
    }
    return nowMs;
  }

  #touch(tenant: string): void {
    this.#generations.set(tenant, BigInt(Math.floor(this.#clock.nowMs())) * 1_000_000n + BigInt(this.#made));
  }
}

/** `received`, `42% Complete`, `processed`. */
function statusOf({ beganMs }: Entry, nowMs: number): string {
  if (beganMs === null) return "received";
  const sinceMs = nowMs - beganMs;
  if (sinceMs >= PROCESSING_MS) return "processed";
  return `${Math.floor((100 * sinceMs) / PROCESSING_MS)}% Complete`;
}

/** The query of a delete request: a selector with or without stages; `null` for anything else. */
export function deletableQuery(text: string): LogExpr | null {
  const parsed = parseLogQl(text);
  return parsed.ok && parsed.expr.kind === "log" ? parsed.expr : null;
}
