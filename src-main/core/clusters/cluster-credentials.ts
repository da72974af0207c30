import { readFile } from "node:fs/promises";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import type { Clock } from "../common/clock.ts";
import type { Logger } from "../common/logger.ts";
import type { PluginCredential } from "./exec-credential.ts";
import type { ExecPlugins } from "./exec-plugin.ts";
import type { UsableContext } from "./kubeconfig-model.ts";
import { idTokenExpiryMs, refreshOidcTokens, type OidcTokens } from "./oidc-refresh.ts";
import { storeOidcTokens } from "./oidc-token-file.ts";
import { readPem, type ClientCertificate } from "./tls-material.ts";

/** How one request is made known to the API server. */
export interface ClusterCredential {
  readonly authorization: string | null;
  readonly clientCertificate: ClientCertificate | null;
  readonly plugin: PluginCredential | null;
}

const EXPIRY_MARGIN_MS = 10_000;

/**
 * Who we are for one context: client certificate, token, token file (read each time, since it is rotated), basic, OIDC with
 * refresh, or an exec plugin. Rejects with `plugin.*`, `oidc.failed` and `kubeconfig.context-broken`.
 */
export class ClusterCredentials {
  #context: UsableContext;
  readonly #plugins: ExecPlugins;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #oidc: OidcTokens | null;
  #refreshing: Promise<string> | null = null;
  #mustRefresh = false;

  constructor(context: UsableContext, plugins: ExecPlugins, clock: Clock, logger: Logger) {
    this.#context = context;
    this.#plugins = plugins;
    this.#clock = clock;
    this.#logger = logger;
    const { oidc } = context.user;
    this.#oidc = oidc === null ? null : { idToken: oidc.idToken, refreshToken: oidc.refreshToken };
  }

  /** The same context with tokens that somebody else (kubectl, or ourselves) has written into its file. */
  adopt(context: UsableContext): void {
    const { oidc } = context.user;
    this.#context = context;
    if (oidc !== null && oidc.idToken !== this.#oidc?.idToken) {
      this.#oidc = { idToken: oidc.idToken, refreshToken: oidc.refreshToken };
      this.#mustRefresh = false;
    }
  }

  async get(): Promise<ClusterCredential> {
    const plugin = await this.#fromPlugin();
    const fromPlugin =
      plugin?.clientCertificate === null || plugin?.clientKey === null || plugin === null
        ? null
        : { certificate: plugin.clientCertificate, key: plugin.clientKey };
    return {
      authorization: await this.#authorization(plugin),
      clientCertificate: fromPlugin ?? (await this.#ownCertificate()),
      plugin,
    };
  }

  /** Called on 401. True when a new attempt may fare better, because the next credential will be another one. */
  refused(credential: ClusterCredential): boolean {
    if (credential.plugin !== null) {
      this.#plugins.forget(credential.plugin);
      return true;
    }
    if (this.#oidc !== null && this.#oidc.refreshToken !== "" && !this.#mustRefresh) {
      this.#mustRefresh = true;
      return true;
    }
    return this.#context.user.tokenFile !== null;
  }

  async #fromPlugin(): Promise<PluginCredential | null> {
    const { cluster, user, name } = this.#context;
    if (user.exec === null) return null;
    const ca = cluster.ca === null ? null : await readPem(cluster.ca, "certificate-authority", name);
    return this.#plugins.credential(user.exec, cluster, ca === null ? null : Buffer.from(ca).toString("base64"));
  }

  async #ownCertificate(): Promise<ClientCertificate | null> {
    const { user, name } = this.#context;
    if (user.clientCertificate === null || user.clientKey === null) return null;
    return {
      certificate: await readPem(user.clientCertificate, "client-certificate", name),
      key: await readPem(user.clientKey, "client-key", name),
    };
  }

  async #authorization(plugin: PluginCredential | null): Promise<string | null> {
    const { user } = this.#context;
    if (plugin !== null) return plugin.token === null ? null : `Bearer ${plugin.token}`;
    if (user.tokenFile !== null) return `Bearer ${await this.#tokenFromFile(user.tokenFile)}`;
    if (user.token !== null) return `Bearer ${user.token}`;
    if (user.oidc !== null) return `Bearer ${await this.#idToken()}`;
    if (user.basic !== null) {
      return `Basic ${Buffer.from(`${user.basic.username}:${user.basic.password}`).toString("base64")}`;
    }
    return null;
  }

  async #tokenFromFile(file: string): Promise<string> {
    try {
      return (await readFile(file, "utf8")).trim();
    } catch (error) {
      const { user, name } = this.#context;
      if (user.token !== null) return user.token;
      const code = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
      const problem = `tokenFile ${file}: ${code}`;
      throw new AppError("kubeconfig.context-broken", { context: name, problem }, { cause: error });
    }
  }

  async #idToken(): Promise<string> {
    const tokens = this.#oidc;
    if (tokens === null)
      throw new AppError("kubeconfig.context-broken", { context: this.#context.name, problem: "oidc" });
    const expiresAtMs = tokens.idToken === "" ? 0 : idTokenExpiryMs(tokens.idToken);
    const fresh = expiresAtMs === null || expiresAtMs - EXPIRY_MARGIN_MS > this.#clock.nowMs();
    if (fresh && !this.#mustRefresh) return tokens.idToken;
    this.#refreshing ??= this.#refresh(tokens).finally(() => (this.#refreshing = null));
    return this.#refreshing;
  }

  async #refresh(tokens: OidcTokens): Promise<string> {
    const { user, name } = this.#context;
    if (user.oidc === null || tokens.refreshToken === "") {
      const issuer = user.oidc?.issuer ?? "";
      throw new AppError("oidc.failed", { issuer, problem: "the id token has expired and there is no refresh token" });
    }
    const renewed = await refreshOidcTokens(user.oidc, tokens.refreshToken, name, this.#clock);
    this.#oidc = renewed;
    this.#mustRefresh = false;
    try {
      const stored = await storeOidcTokens(user.file, user.name, renewed);
      if (!stored) this.#logger.warn("refreshed OIDC tokens have no place in the kubeconfig", { file: user.file });
    } catch (error) {
      this.#logger.warn("refreshed OIDC tokens could not be stored", { file: user.file, error: String(error) });
    }
    return renewed.idToken;
  }
}
