import {
  DOCTOR_STEPS,
  type DoctorStep,
  type DoctorStepName,
  type SiteConfig,
} from "../../../src-shared/api/sites.api.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import type { TenantId } from "../../../src-shared/model/tenant-id.ts";
import type { Clock } from "../common/clock.ts";
import type { LogSource } from "../logs/log-source.ts";
import {
  examineApiServer,
  examineComponents,
  examineKubeconfig,
  examinePlugin,
  examineRights,
  examineTls,
  type KubernetesSite,
} from "./doctor-cluster-steps.ts";
import { examineDirectTls, examineQuery, examineRoute, examineTenant } from "./doctor-loki-steps.ts";
import { examine, skipped, stepView, type StepResult } from "./doctor-step.ts";
import type { ExecPlugins } from "./exec-plugin.ts";
import type { KubeContext } from "./kubeconfig-model.ts";
import type { KubernetesClient } from "./kubernetes-client.ts";
import type { LokiRouteTable } from "./loki-route-table.ts";
import type { LokiTransport } from "./loki-transport.ts";
import type { SiteTenants } from "./site-tenants.ts";

/** What the doctor examines a site with; the parts of a cluster are `null` for a site without one. */
export interface DoctorInput {
  readonly config: SiteConfig;
  readonly context: KubeContext | null;
  readonly client: (() => Promise<KubernetesClient>) | null;
  readonly routes: (() => Promise<LokiRouteTable>) | null;
  readonly transport: LokiTransport;
  readonly plugins: ExecPlugins;
  readonly clock: Clock;
  /** The tenant to try; with `null` the first that is known. */
  readonly tenant: TenantId | null;
  readonly signal: AbortSignal;
  tenants(): Promise<SiteTenants>;
  source(tenant: TenantId): Promise<LogSource>;
}

/**
 * Walks from the kubeconfig to a first query and says at which step it fails and what to do. Each step is told twice, as
 * `running` and with its outcome; after a failure that makes the rest meaningless the rest is `skipped`.
 */
export async function* runDoctor(input: DoctorInput): AsyncGenerator<DoctorStep> {
  const examination = new Examination(input);
  let stopped = false;
  for (const step of DOCTOR_STEPS) {
    if (input.signal.aborted) throw new AppError("request.cancelled", {});
    if (stopped) {
      yield stepView(step, skipped("after-failure"), 0);
      continue;
    }
    yield { step, state: "running" };
    const startedMs = input.clock.nowMs();
    // oxlint-disable-next-line no-await-in-loop -- each step stands on the one before
    const result = await examine(() => examination.step(step));
    yield stepView(step, result, input.clock.nowMs() - startedMs);
    stopped = result.stop === true;
  }
}

class Examination {
  readonly #input: DoctorInput;
  #tenant: TenantId | null = null;

  constructor(input: DoctorInput) {
    this.#input = input;
  }

  async step(step: DoctorStepName): Promise<StepResult> {
    const { config, transport, signal, clock } = this.#input;
    switch (step) {
      case "kubeconfig":
      case "plugin":
      case "api-server":
      case "rbac":
      case "components":
        return config.kind === "kubernetes" ? this.#clusterStep(step, config) : skipped("no-cluster");
      case "tls":
        if (config.kind === "kubernetes") return this.#clusterStep(step, config);
        return config.kind === "direct" ? examineDirectTls(transport, config.url, signal) : skipped("plain-http");
      case "route":
        return examineRoute(transport, signal);
      case "tenant": {
        const result = await examineTenant(this.#input.tenant, () => this.#input.tenants());
        this.#tenant = result.tenant ?? null;
        return result;
      }
      case "query": {
        if (this.#tenant === null) return skipped("choose-tenant");
        await using source = await this.#input.source(this.#tenant);
        return await examineQuery(source, clock, signal);
      }
    }
  }

  async #clusterStep(
    step: Exclude<DoctorStepName, "route" | "tenant" | "query">,
    config: KubernetesSite,
  ): Promise<StepResult> {
    const { context, plugins, clock, signal } = this.#input;
    if (step === "kubeconfig") return examineKubeconfig(context);
    if (context === null || context.problem !== null || this.#input.client === null || this.#input.routes === null) {
      return examineKubeconfig(context);
    }
    const client = await this.#input.client();
    const routes = await this.#input.routes();
    switch (step) {
      case "plugin":
        return examinePlugin(context, plugins, client, clock);
      case "tls":
        return examineTls(context, client, clock);
      case "api-server":
        return examineApiServer(client, signal);
      case "rbac":
        return examineRights(client, config, await this.#namespace(config, routes), signal);
      case "components":
        return examineComponents(routes, signal);
    }
  }

  /** Where the rights matter: set by hand, else where Loki was found, else the context's own namespace. */
  async #namespace(config: KubernetesSite, routes: LokiRouteTable): Promise<string> {
    const set = config.overrides.namespace ?? "";
    if (set !== "") return set;
    const own = this.#input.context?.namespace ?? "";
    try {
      return (await routes.discovery(this.#input.signal))?.namespace ?? own;
    } catch (error) {
      // Not being allowed to look is what this step and the next one tell.
      if (error instanceof AppError && error.category !== "cancelled") return own;
      throw error;
    }
  }
}
