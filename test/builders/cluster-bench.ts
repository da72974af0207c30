import { join } from "node:path";
import { ClusterConnection } from "../../src-main/core/clusters/cluster-connection.ts";
import { ExecPlugins } from "../../src-main/core/clusters/exec-plugin.ts";
import { contextsOf } from "../../src-main/core/clusters/kubeconfig-contexts.ts";
import type { UsableContext } from "../../src-main/core/clusters/kubeconfig-model.ts";
import { readKubeconfigFile } from "../../src-main/core/clusters/kubeconfig-files.ts";
import { KubernetesClient } from "../../src-main/core/clusters/kubernetes-client.ts";
import { PluginConfirmations } from "../../src-main/core/clusters/plugin-confirmations.ts";
import { systemClock, type Clock } from "../../src-main/core/common/clock.ts";
import { TemporaryFolder } from "./kubeconfig-builder.ts";
import { RecordingLogger } from "./recording-logger.ts";

/** What a test of one cluster needs: a folder, plugins, and clients made from the text of a kubeconfig. */
export class ClusterBench implements AsyncDisposable {
  readonly folder = new TemporaryFolder();
  readonly logger = new RecordingLogger();
  readonly clock: Clock;
  readonly confirmations: PluginConfirmations;
  readonly plugins: ExecPlugins;
  readonly #connections: ClusterConnection[] = [];

  constructor(clock: Clock = systemClock) {
    this.clock = clock;
    this.confirmations = PluginConfirmations.open(join(this.folder.path, "plugins.json"), clock, this.logger);
    this.plugins = new ExecPlugins({
      confirmations: this.confirmations,
      commandPath: () => Promise.resolve(`${this.folder.path}:/usr/bin:/bin`),
      environment: {},
      clock,
      timeoutMs: () => 10_000,
    });
  }

  async context(kubeconfig: string): Promise<UsableContext> {
    const file = this.folder.write("kubeconfig", kubeconfig);
    const [context] = contextsOf([await readKubeconfigFile(file)]);
    if (context === undefined || context.problem !== null) throw new Error(`unusable: ${context?.problem}`);
    return context;
  }

  async client(
    kubeconfig: string,
    environment: Readonly<Record<string, string>> = {},
    connectTimeoutMs = 5_000,
  ): Promise<KubernetesClient> {
    return this.clientOf(await this.context(kubeconfig), environment, connectTimeoutMs);
  }

  clientOf(
    context: UsableContext,
    environment: Readonly<Record<string, string>> = {},
    connectTimeoutMs = 5_000,
  ): KubernetesClient {
    const connection = new ClusterConnection(context, {
      plugins: this.plugins,
      logger: this.logger,
      clock: this.clock,
      environment,
      connectTimeoutMs: () => connectTimeoutMs,
    });
    this.#connections.push(connection);
    return new KubernetesClient(connection);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.#connections) await connection[Symbol.asyncDispose]();
    await this.plugins[Symbol.asyncDispose]();
    this.folder[Symbol.dispose]();
  }
}
