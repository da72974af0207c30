import { createHash } from "node:crypto";
import { join } from "node:path";
import type { ConfigAudit } from "../../../src-shared/model/health/config-audit.ts";
import type { EvidenceHistory, InstanceDetails } from "../../../src-shared/model/health/instance-details.ts";
import type { Mates } from "../../../src-shared/model/health/mates.ts";
import type { RingName, RingView } from "../../../src-shared/model/health/ring.ts";
import type { HealthChange, SiteHealth } from "../../../src-shared/model/health/site-health.ts";
import type { Topology } from "../../../src-shared/model/health/topology.ts";
import type { EvidenceKind } from "../../../src-shared/model/health/verdict.ts";
import type { WatchdogManifests, WatchdogOptions } from "../../../src-shared/model/health/watchdog.ts";
import { AppError, hasCode } from "../../../src-shared/errors/app-error.ts";
import type { SiteId } from "../../../src-shared/model/ids.ts";
import type { Clock } from "../common/clock.ts";
import { fireAndForget, type Logger } from "../common/logger.ts";
import type { Announcer } from "../common/topics.ts";
import { auditSite } from "./config-audit/audit-site.ts";
import type { BucketFacts } from "./config-audit/config-facts.ts";
import type { HealthParts } from "./health-parts.ts";
import type { HealthSite, OpenHealthSite } from "./health-site.ts";
import type { ConfigText } from "./instance/read-config.ts";
import { configPage, instancePage, ringPages } from "./site-pages.ts";
import { answerEvidence } from "./watch/evidence-question.ts";
import { BoardAnnouncer } from "./watch/announce-board.ts";
import { lastFlush } from "./operations/last-flush.ts";
import { removeOldHistories } from "./watch/old-histories.ts";
import { SiteWatch, type SiteIdentity } from "./watch/site-watch.ts";
import { WatchMemory } from "./watch/watch-memory.ts";
import { watchdogManifests } from "./watchdog/watchdog-manifests.ts";

/** Sites that are watched at a time. */
const MOST_SITES = 4;

export interface HealthSettings {
  readonly intervalMs: number;
  readonly historyMs: number;
}

export interface HealthServiceOptions {
  /** The profile's `health`: a folder for each site that is watched. */
  readonly directory: string;
  readonly open: OpenHealthSite;
  /** @throws AppError `sites.unknown` */
  readonly identify: (site: SiteId) => Promise<SiteIdentity>;
  /** What is known of the bucket that a site's Loki writes to. @throws AppError why it cannot be looked at */
  readonly bucketOf: (site: SiteId, config: unknown, signal: AbortSignal) => Promise<BucketFacts>;
  readonly parts: HealthParts;
  readonly settings: () => HealthSettings;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly announcer: Announcer;
}

/** The health of sites: each is watched from the first question on, for as long as the console runs. */
export class HealthService implements AsyncDisposable {
  readonly #options: HealthServiceOptions;
  /** In the order in which they were last asked for. */
  readonly #watches = new Map<SiteId, SiteWatch>();
  readonly #leaving = new Set<Promise<void>>();
  /** Before the first history is opened. */
  #tidied: Promise<void> | null = null;
  #closed = false;

  constructor(options: HealthServiceOptions) {
    this.#options = options;
  }

  /** The board at once and after every round. @throws AppError `sites.unknown` when the site is removed */
  watch(site: SiteId, signal: AbortSignal): AsyncGenerator<SiteHealth, void, void> {
    return this.#watchOf(site).boards(signal);
  }

  /** The board as it is, beginning to watch; `starting` before the first round. */
  board(site: SiteId): SiteHealth {
    return this.#watchOf(site).board;
  }

  changes(site: SiteId, limit: number): HealthChange[] {
    return (this.#watchOf(site).memory?.changes ?? []).slice(0, limit);
  }

  topology(site: SiteId): Topology {
    return this.#watchOf(site).topology;
  }

  /** The board of a site that is watched already; `null` for another. Watches nothing by being asked. */
  boardOf(site: SiteId): SiteHealth | null {
    return this.#watches.get(site)?.board ?? null;
  }

  /** The history and the last round of a site that is watched; `null` for another, or before its history is open. */
  memoryOf(site: SiteId): WatchMemory | null {
    return this.#watches.get(site)?.memory ?? null;
  }

  /** The site to be read or acted on. Its rounds are its own: they are not those of the watch. */
  open(site: SiteId, signal: AbortSignal): Promise<HealthSite> {
    return this.#options.open(site, signal);
  }

  mates(site: SiteId, component: string): Mates {
    const empty: Mates = { component, atMs: null, figures: [], instances: [] };
    return this.#watchOf(site).memory?.mates(component) ?? empty;
  }

  async rings(site: SiteId, rings: readonly RingName[] | null, signal: AbortSignal): Promise<RingView[]> {
    const latest = this.#watchOf(site).memory?.latest ?? null;
    return ringPages(await this.open(site, signal), rings, latest, this.#options.clock, signal);
  }

  async instance(site: SiteId, instance: string, signal: AbortSignal): Promise<InstanceDetails> {
    const watch = this.#watchOf(site);
    const said = await instancePage(await this.open(site, signal), instance, this.#options.clock, signal);
    return { instance, figures: watch.memory?.figures(instance) ?? [], ...said };
  }

  /**
   * `name` is an instance, or a component. @throws AppError `health.instance-unknown`, and `health.nobody-tells` where
   * nothing is kept
   */
  async evidenceHistory(site: SiteId, name: string, kind: EvidenceKind, lastSeconds: number): Promise<EvidenceHistory> {
    const memory = this.#watchOf(site).memory;
    if (memory?.history == null || memory.verdicts === null) throw new AppError("health.nobody-tells", { what: kind });
    const toMs = this.#options.clock.nowMs();
    return answerEvidence(memory.history, memory.verdicts, { name, kind, fromMs: toMs - lastSeconds * 1_000, toMs });
  }

  async config(site: SiteId, instance: string, signal: AbortSignal): Promise<ConfigText> {
    return configPage(await this.open(site, signal), instance, this.#options.clock, signal);
  }

  async auditConfig(site: SiteId, signal: AbortSignal): Promise<ConfigAudit> {
    const { bucketOf, clock } = this.#options;
    const opened = await this.open(site, signal);
    return auditSite(opened, { bucketOf: (config) => bucketOf(site, config, signal), clock }, signal);
  }

  /** @throws AppError `sites.no-cluster`, `health.no-targets` */
  async watchdog(site: SiteId, options: WatchdogOptions, signal: AbortSignal): Promise<WatchdogManifests> {
    const { cluster } = await this.open(site, signal);
    if (cluster === null) throw new AppError("sites.no-cluster", { site });
    return watchdogManifests(await cluster.inventory(signal), options);
  }

  /**
   * When an ingester last flushed, as far as the kept rounds tell; `null` for a site that is not watched, or
   * whose rounds are not kept.
   */
  async lastFlush(
    site: SiteId,
    instance: string,
  ): Promise<{ readonly atMs: number | null; readonly sinceMs: number } | null> {
    const history = this.memoryOf(site)?.history ?? null;
    return history === null ? null : lastFlush(history, instance, this.#options.clock.nowMs());
  }

  /** Sites were saved, removed, or found anew: those that are watched look whether it concerns them. */
  sitesChanged(): void {
    for (const [site, watch] of this.#watches) {
      const checked = watch.check().then(() => {
        if (watch.ended) this.#drop(site, watch);
      });
      fireAndForget(checked, this.#options.logger, "looking at a changed site failed");
    }
  }

  /** How often or how long was set anew: everything is watched anew that way. */
  settingsChanged(): void {
    for (const watch of this.#watches.values()) watch.restart();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (const [site, watch] of this.#watches) this.#drop(site, watch);
    await Promise.all(this.#leaving);
  }

  #watchOf(site: SiteId): SiteWatch {
    if (this.#closed) throw new AppError("request.cancelled", {});
    const known = this.#watches.get(site);
    const usable = known !== undefined && !known.ended ? known : null;
    const watch = usable ?? this.#begin(site);
    this.#watches.delete(site);
    this.#watches.set(site, watch);
    return watch;
  }

  #begin(site: SiteId): SiteWatch {
    this.#makeRoom();
    const { open, identify, clock, logger, announcer, settings } = this.#options;
    const told = new BoardAnnouncer(announcer);
    return new SiteWatch({
      site,
      open,
      identify,
      remember: (identity, signal) => this.#remember(site, identity, signal),
      intervalMs: () => settings().intervalMs,
      clock,
      logger,
      onBoard: (board, name) => told.board(board, name),
    });
  }

  /** Those nobody looks at go first; then whoever was asked for longest ago. */
  #makeRoom(): void {
    while (this.#watches.size >= MOST_SITES) {
      const all = [...this.#watches];
      const [site, watch] = all.find(([, { readers }]) => readers === 0) ?? all[0] ?? [];
      if (site === undefined || watch === undefined) return;
      this.#options.logger.info("a site is watched no longer, for another", { site });
      this.#drop(site, watch);
    }
  }

  #drop(site: SiteId, watch: SiteWatch): void {
    if (this.#watches.get(site) === watch) this.#watches.delete(site);
    const leaving: Promise<void> = watch[Symbol.asyncDispose]().finally(() => this.#leaving.delete(leaving));
    this.#leaving.add(leaving);
    fireAndForget(leaving, this.#options.logger, "a watch did not end well");
  }

  async #remember(site: SiteId, { place, name }: SiteIdentity, signal: AbortSignal): Promise<WatchMemory> {
    const { parts, clock, logger, settings, directory } = this.#options;
    const { historyMs } = settings();
    this.#tidied ??= removeOldHistories(directory, clock.nowMs() - historyMs, logger);
    await this.#tidied;
    return WatchMemory.open(
      {
        siteDirectory: join(directory, folderName(site)),
        place,
        keptMs: historyMs,
        parts,
        clock,
        logger,
        onUnkept: (error) => this.#notice(name, "history-lost", { file: fileOf(error) }),
        onDamage: ({ keptAs, savedRounds }) =>
          this.#notice(name, "history-damaged", { file: keptAs, rounds: savedRounds }),
      },
      signal,
    );
  }

  #notice(site: string, key: string, params: Readonly<Record<string, string | number>>): void {
    this.#options.announcer.notice({ key: `health.${key}`, severity: "warning", params: { site, ...params } });
  }
}

/** Ids may hold what file systems do not, and differ in case alone. */
function folderName(id: string): string {
  const readable = id.replaceAll(/[^A-Za-z0-9._-]/g, "_").slice(0, 60);
  return `${readable}-${createHash("sha256").update(id).digest("hex").slice(0, 8)}`;
}

function fileOf(error: AppError): string {
  return hasCode(error, "files.unwritable") || hasCode(error, "files.disk-full") ? error.params.file : error.code;
}
