import { AppError, isAppError } from "../../../../../src-shared/errors/app-error.ts";
import type { Clock } from "../../../common/clock.ts";
import type { ScrapeTarget, TargetSource } from "../../../health/scraping/scrape-target.ts";
import type { LimitArea, LimitYaml } from "../../../../../src-shared/model/tenants/limit.ts";
import type { LimitsReader } from "../../limits/reading/limits-reader.ts";
import type { ConfigFacts } from "../../limits/reading/reading-protocol.ts";
import { UNREAD, type Reading } from "./source-state.ts";

const KEPT_MS = 300_000;
const DEFAULTS_KEPT_MS = 3_600_000;
/** After a failure it is tried again this soon. */
const AGAIN_MS = 30_000;
const TIMEOUT_MS = 10_000;
const MAX_BYTES = 2 * 2 ** 20;
/** Of each component: where two of them have different configurations, one of the outermost does. */
const OF_EACH = 2;

/** Components in the order in which their word counts, by what is limited. */
const ENFORCERS: Readonly<Record<LimitArea, readonly string[]>> = {
  ingestion: ["distributor", "write", "single-binary", "ingester"],
  query: ["query-frontend", "read", "single-binary", "querier"],
  retention: ["compactor", "backend", "single-binary"],
  rules: ["ruler", "backend", "single-binary"],
  others: [],
};

/** The configuration of one process. */
export interface ComponentConfig {
  readonly instance: string;
  readonly component: string;
  readonly facts: ConfigFacts;
}

/** `/config` of some processes of each component, and what a Loki of that version has without a configuration. */
export class ComponentConfigs {
  readonly #clock: Clock;
  readonly #reader: Pick<LimitsReader, "ask">;
  #configs: Reading<readonly ComponentConfig[]> = UNREAD;
  #defaults: Reading<Readonly<Record<string, LimitYaml>>> = UNREAD;
  #configsAtMs = Number.NEGATIVE_INFINITY;
  #defaultsAtMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, reader: Pick<LimitsReader, "ask">) {
    this.#clock = clock;
    this.#reader = reader;
  }

  get configs(): Reading<readonly ComponentConfig[]> {
    return this.#configs;
  }

  get defaults(): Reading<Readonly<Record<string, LimitYaml>>> {
    return this.#defaults;
  }

  /** Reads what is due. @throws AppError `request.cancelled` alone */
  async refresh(source: TargetSource, signal: AbortSignal): Promise<void> {
    const nowMs = this.#clock.nowMs();
    const due = nowMs - this.#configsAtMs >= (this.#configs.error === null ? KEPT_MS : AGAIN_MS);
    const defaultsDue = nowMs - this.#defaultsAtMs >= (this.#defaults.error === null ? DEFAULTS_KEPT_MS : AGAIN_MS);
    if (!due && !defaultsDue) return;
    let targets: readonly ScrapeTarget[];
    try {
      targets = await source.targets(signal);
    } catch (error) {
      if (signal.aborted || !isAppError(error)) throw error;
      this.#configs = { ...this.#configs, error };
      this.#configsAtMs = nowMs;
      return;
    }
    await Promise.all([
      due ? this.#readConfigs(targets, signal) : undefined,
      defaultsDue ? this.#readDefaults(targets, signal) : undefined,
    ]);
  }

  async #readConfigs(targets: readonly ScrapeTarget[], signal: AbortSignal): Promise<void> {
    this.#configsAtMs = this.#clock.nowMs();
    const outcomes = await Promise.all(someOfEach(targets).map((target) => this.#config(target, signal)));
    const read = outcomes.filter((outcome): outcome is ComponentConfig => !isAppError(outcome));
    const error = outcomes.find((outcome) => isAppError(outcome)) ?? null;
    if (read.length === 0) {
      this.#configs = { ...this.#configs, error };
      return;
    }
    const from = read.map(({ instance }) => instance).join(", ");
    // One that did not answer is no failure while another of its component did.
    const silent = someOfEach(targets).some(({ component }) => !read.some((config) => config.component === component));
    this.#configs = { value: read, readAtMs: this.#clock.nowMs(), from, error: silent ? error : null, absent: false };
  }

  async #config(target: ScrapeTarget, signal: AbortSignal): Promise<ComponentConfig | AppError> {
    try {
      const text = await page(target, "/config", signal);
      const facts = await this.#reader.ask<"config">({ kind: "config", text });
      if (facts?.limits == null) throw new AppError("loki.bad-response", { status: 200, problem: "no limits_config" });
      return { instance: target.instance, component: target.component, facts };
    } catch (error) {
      if (signal.aborted || !isAppError(error)) throw error;
      return error;
    }
  }

  async #readDefaults(targets: readonly ScrapeTarget[], signal: AbortSignal): Promise<void> {
    this.#defaultsAtMs = this.#clock.nowMs();
    for (const target of someOfEach(targets)) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- the next is asked when this one does not tell
        const text = await page(target, "/config?mode=defaults", signal);
        // oxlint-disable-next-line no-await-in-loop -- as above
        const facts = await this.#reader.ask<"config">({ kind: "config", text });
        if (facts?.limits == null)
          throw new AppError("loki.bad-response", { status: 200, problem: "no limits_config" });
        const readAtMs = this.#clock.nowMs();
        this.#defaults = { value: facts.limits, readAtMs, from: target.instance, error: null, absent: false };
        return;
      } catch (error) {
        if (signal.aborted || !isAppError(error)) throw error;
        this.#defaults = { ...this.#defaults, error };
      }
    }
  }
}

async function page(
  target: ScrapeTarget,
  path: "/config" | "/config?mode=defaults",
  signal: AbortSignal,
): Promise<string> {
  const { status, body } = await target.get({ path, maxBytes: MAX_BYTES, timeoutMs: TIMEOUT_MS, signal });
  if (status === 401 || status === 403) throw new AppError("loki.unauthorized", { status });
  if (status !== 200) throw new AppError("loki.bad-response", { status, problem: "no configuration" });
  return body.toString("utf8");
}

function someOfEach(targets: readonly ScrapeTarget[]): readonly ScrapeTarget[] {
  const byComponent = Map.groupBy(targets, ({ component }) => component);
  return [...byComponent.values()]
    .flatMap((all) => (all.length <= OF_EACH ? all : [all.at(0), all.at(-1)]))
    .flatMap((target) => target ?? []);
}

/** The configuration that decides about limits of an area; the first that was read where no enforcer's was. */
export function configOf(configs: readonly ComponentConfig[], area: LimitArea): ComponentConfig | null {
  for (const component of ENFORCERS[area]) {
    const found = configs.find((config) => config.component === component);
    if (found !== undefined) return found;
  }
  return configs[0] ?? null;
}
