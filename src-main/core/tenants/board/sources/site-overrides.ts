import { isAppError } from "../../../../../src-shared/errors/app-error.ts";
import type { Clock } from "../../../common/clock.ts";
import type { KubernetesClient } from "../../../clusters/kubernetes-client.ts";
import type { HealthSite } from "../../../health/health-site.ts";
import type { LimitsReader } from "../../limits/reading/limits-reader.ts";
import type { OverridesSummary } from "../../limits/reading/reading-protocol.ts";
import type { RuntimeOverride } from "../../limits/runtime-overrides.ts";
import { findRuntimeConfig, type RuntimeConfigFile, type ToldRuntimeFiles } from "../find-runtime-config.ts";
import { UNREAD, type Reading } from "./source-state.ts";

const KEPT_MS = 10_000;
/** Which ConfigMap it is changes when Loki is installed anew; looking for it lists pods and workloads. */
const FOUND_KEPT_MS = 300_000;

/** A runtime configuration with what was read of it. */
export interface ReadOverrides {
  readonly file: RuntimeConfigFile;
  readonly summary: OverridesSummary;
  /** Where each tenant stands in the summary's arrays. */
  readonly index: ReadonlyMap<string, number>;
}

/** The overrides of a site: its ConfigMap, read in a thread when it has changed. */
export class SiteOverrides {
  readonly #clock: Clock;
  readonly #reader: Pick<LimitsReader, "ask">;
  readonly #keys: readonly string[];
  #reading: Reading<ReadOverrides> = UNREAD;
  #inForce: ReadOverrides | null = null;
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #foundAtMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, reader: Pick<LimitsReader, "ask">, keys: readonly string[]) {
    this.#clock = clock;
    this.#reader = reader;
    this.#keys = keys;
  }

  /** As it stands in the ConfigMap, also where Loki would refuse it. */
  get reading(): Reading<ReadOverrides> {
    return this.#reading;
  }

  /**
   * The last file that Loki takes: one that it refuses leaves the one before in force. `null` where none was seen.
   */
  get inForce(): ReadOverrides | null {
    return this.#inForce;
  }

  /** @throws AppError `request.cancelled` alone */
  async refresh(site: HealthSite, told: ToldRuntimeFiles, signal: AbortSignal, atOnce = false): Promise<void> {
    if (site.cluster === null) {
      this.#reading = { ...UNREAD, absent: true };
      return;
    }
    const nowMs = this.#clock.nowMs();
    if (!atOnce && nowMs - this.#askedAtMs < KEPT_MS) return;
    this.#askedAtMs = nowMs;
    try {
      const file =
        (atOnce ? null : await this.#known(site.cluster.client, signal)) ?? (await this.#find(site, told, signal));
      const read = await this.#read(file);
      const from = `ConfigMap ${file.place.namespace}/${file.place.name}`;
      this.#reading = { value: read, readAtMs: this.#clock.nowMs(), from, error: null, absent: false };
      if (read.summary.loads) this.#inForce = read;
    } catch (error) {
      if (signal.aborted || !isAppError(error)) throw error;
      this.#reading = { ...this.#reading, error };
    }
  }

  /** A tenant's own values in the file that is in force, in its order. @throws AppError `internal` */
  async ofTenant(tenant: string): Promise<readonly RuntimeOverride[]> {
    const read = this.#inForce;
    if (read === null) return [];
    const known = await this.#reader.ask<"tenant">({ kind: "tenant", handle: read.summary.handle, tenant });
    if (known !== null) return known;
    // The thread was lost, or has read many files since.
    const again = await this.#summaryOf(read.file.text);
    if (this.#inForce === read) this.#inForce = { ...read, summary: again };
    return (await this.#reader.ask<"tenant">({ kind: "tenant", handle: again.handle, tenant })) ?? [];
  }

  async #find(site: HealthSite, told: ToldRuntimeFiles, signal: AbortSignal): Promise<RuntimeConfigFile> {
    const file = await findRuntimeConfig(site, told, signal);
    this.#foundAtMs = this.#clock.nowMs();
    return file;
  }

  /** The map that was found, as it is now; `null` where it should be looked for again. */
  async #known(client: KubernetesClient, signal: AbortSignal): Promise<RuntimeConfigFile | null> {
    const before = this.#reading.value?.file;
    if (before === undefined || this.#reading.error !== null) return null;
    if (this.#clock.nowMs() - this.#foundAtMs >= FOUND_KEPT_MS) return null;
    const { place } = before;
    const map = await client.getConfigMap(place.namespace, place.name, signal);
    const text = map.data[place.key];
    if (text === undefined) return null;
    return { ...before, place: { ...place, resourceVersion: map.resourceVersion }, text, annotations: map.annotations };
  }

  async #read(file: RuntimeConfigFile): Promise<ReadOverrides> {
    const before = this.#reading.value;
    if (before !== null && before.file.text === file.text) return { ...before, file };
    const summary = await this.#summaryOf(file.text);
    return { file, summary, index: new Map(summary.tenants.map((tenant, at) => [tenant, at])) };
  }

  #summaryOf(text: string): Promise<OverridesSummary> {
    return this.#reader.ask<"overrides">({ kind: "overrides", text, keys: this.#keys });
  }
}
