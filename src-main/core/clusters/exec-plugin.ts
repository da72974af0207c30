import { AppError } from "../../../src-shared/errors/app-error.ts";
import type { Clock } from "../common/clock.ts";
import { findCommand, pluginHash } from "./exec-command.ts";
import { execInfo, readExecCredential, type PluginCredential } from "./exec-credential.ts";
import { runProcess, type ProcessOutcome } from "./exec-process.ts";
import type { ExecSpec, KubeCluster } from "./kubeconfig-model.ts";
import type { CommandPath } from "./login-shell-path.ts";
import type { PluginConfirmations } from "./plugin-confirmations.ts";

/** A credential is replaced this long before it expires, so that it does not expire on its way. */
const EXPIRY_MARGIN_MS = 5_000;

export interface ExecPluginDependencies {
  readonly confirmations: PluginConfirmations;
  readonly commandPath: CommandPath;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  timeoutMs(): number;
}

/** A plugin as it would run here and now. */
export interface ResolvedPlugin {
  readonly hash: string;
  /** `null` when the command is nowhere to be found. */
  readonly file: string | null;
}

/**
 * Runs the credential plugins of kubeconfigs: only those a person has confirmed, each at most once at a time, with a time
 * limit. What they hand out is kept until it expires. Rejects with the errors of `plugin.*`.
 */
export class ExecPlugins implements AsyncDisposable {
  readonly #deps: ExecPluginDependencies;
  readonly #kept = new Map<string, PluginCredential>();
  readonly #running = new Map<string, Promise<PluginCredential>>();
  readonly #lastRun = new Map<string, Promise<unknown>>();
  readonly #stop = new AbortController();

  constructor(deps: ExecPluginDependencies) {
    this.#deps = deps;
  }

  async resolve(spec: ExecSpec): Promise<ResolvedPlugin> {
    const file = await findCommand(spec.command, await this.#deps.commandPath(), process.platform);
    return { hash: pluginHash(spec, file), file };
  }

  /** The credential for this cluster, from memory or by running the plugin. `caBase64` is told to plugins that ask for it. */
  async credential(spec: ExecSpec, cluster: KubeCluster, caBase64: string | null): Promise<PluginCredential> {
    const plugin = await this.resolve(spec);
    if (plugin.file === null) {
      throw new AppError("plugin.not-found", { command: spec.command, hint: spec.installHint.slice(0, 500) });
    }
    if (!this.#deps.confirmations.has(plugin.hash)) {
      throw new AppError("plugin.not-confirmed", { command: spec.command, hash: plugin.hash });
    }
    const info = execInfo(spec, cluster, caBase64);
    const key = `${plugin.hash} ${info}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined && !this.#expired(kept)) return kept;
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    const run = this.#runAlone(spec, plugin.hash, plugin.file, info).finally(() => this.#running.delete(key));
    this.#running.set(key, run);
    const credential = await run;
    this.#kept.set(key, credential);
    return credential;
  }

  /** Two runs of one plugin for two clusters would fight over its login port or its cache. */
  async #runAlone(spec: ExecSpec, hash: string, file: string, info: string): Promise<PluginCredential> {
    const before = this.#lastRun.get(hash) ?? Promise.resolve();
    const run = before.then(() => this.#run(spec, file, info));
    this.#lastRun.set(
      hash,
      run.catch(() => undefined),
    );
    return run;
  }

  /** Forgets a credential that the API server refused; the next call runs the plugin again. */
  forget(credential: PluginCredential): void {
    for (const [key, kept] of this.#kept) {
      if (kept === credential) this.#kept.delete(key);
    }
  }

  #expired(credential: PluginCredential): boolean {
    return credential.expiresAtMs !== null && credential.expiresAtMs - EXPIRY_MARGIN_MS <= this.#deps.clock.nowMs();
  }

  async #run(spec: ExecSpec, file: string, info: string): Promise<PluginCredential> {
    const timeoutMs = this.#deps.timeoutMs();
    const path = await this.#deps.commandPath();
    const env = { ...definedOnly(this.#deps.environment), PATH: path, KUBERNETES_EXEC_INFO: info };
    const extra = Object.fromEntries(spec.env.map(({ name, value }) => [name, value]));
    const outcome = await runProcess(
      { file, args: spec.args, env: { ...env, ...extra }, timeoutMs, signal: this.#stop.signal },
      this.#deps.clock,
    );
    return credentialFrom(spec, outcome, timeoutMs);
  }

  /** Ends plugins that still run; whoever waits gets `request.cancelled`. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled(this.#running.values());
    this.#kept.clear();
  }
}

function credentialFrom(spec: ExecSpec, outcome: ProcessOutcome, timeoutMs: number): PluginCredential {
  const { command } = spec;
  switch (outcome.kind) {
    case "aborted":
      throw new AppError("request.cancelled", {});
    case "not-started":
      throw new AppError("plugin.failed", { command, exitCode: 126, stderr: outcome.problem });
    case "timed-out":
      throw new AppError("plugin.timed-out", { command, seconds: timeoutMs / 1_000, stderr: cleaned(outcome.stderr) });
    case "too-much-output":
      throw new AppError("plugin.bad-output", { command, problem: "more than 1 MiB", stderr: cleaned(outcome.stderr) });
    case "exited":
      break;
  }
  const stderr = cleaned(outcome.stderr);
  if (outcome.exitCode !== 0) throw new AppError("plugin.failed", { command, exitCode: outcome.exitCode, stderr });
  const credential = readExecCredential(outcome.stdout, spec.apiVersion);
  if ("problem" in credential)
    throw new AppError("plugin.bad-output", { command, problem: credential.problem, stderr });
  return credential;
}

/** Without what looks like a token: a plugin that logs its own answer must not make us show it. */
function cleaned(stderr: string): string {
  return stderr
    .replaceAll(/eyJ[\w-]{8,}\.[\w-]{8,}(\.[\w-]*)?/g, "•••")
    .replaceAll(
      /("?(?:token|access_token|id_token|refresh_token|client_?[kK]ey_?[dD]ata)"?\s*[:=]\s*)"[^"]*"/g,
      '$1"•••"',
    )
    .trim();
}

function definedOnly(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const pairs = Object.entries(environment).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return Object.fromEntries(pairs);
}
