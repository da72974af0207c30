import { z } from "zod";
import type { SitesService } from "../core/clusters/sites.service.ts";
import type { Console } from "../core/console.ts";
import { openIdentities } from "../core/identity/identities.ts";
import { loadIdentityConfig } from "../core/identity/load-identity-config.ts";
import { NamespaceDirectory } from "../core/identity/namespace-directory.ts";
import type { NamespaceObject } from "../core/identity/namespace-tenants.ts";
import { UndiciIdentityHttp } from "../core/identity/undici-identity-http.ts";
import type { SiteId } from "../../src-shared/model/ids.ts";
import type { HeadlessServerOptions } from "../headless/headless-server.ts";
import { siteByName } from "./command-sites.ts";

const NAMESPACES_MS = 10_000;

const textsSchema = z.record(z.string(), z.string()).nullish();
const namespaceSchema = z
  .object({ metadata: z.object({ name: z.string(), labels: textsSchema, annotations: textsSchema }) })
  .transform(({ metadata: { name, labels, annotations } }): NamespaceObject => ({
    metadata: { name, labels: labels ?? undefined, annotations: annotations ?? undefined },
  }));

/** What of a file the server is given. */
export type ServedIdentities = Required<Pick<HeadlessServerOptions, "identities">> &
  Pick<HeadlessServerOptions, "maxTokenBytes">;

/**
 * The ways in that a file of `--identity` opens, once it is known where browsers reach the console. Rejects with
 * `identity.config-invalid`, `files.unreadable`, and `sites.unknown` for the namespaces' site.
 */
export async function serveIdentities(
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
  { base, sites }: Pick<Console, "base" | "sites">,
  stack: AsyncDisposableStack,
): Promise<ServedIdentities> {
  const loaded = await loadIdentityConfig(file, environment);
  const { clock } = base;
  const logger = base.logger.child("identity");
  const http = stack.use(new UndiciIdentityHttp({ clock, ...(loaded.ca === null ? {} : { ca: loaded.ca }) }));
  const { namespaces } = loaded.config;
  let directory: NamespaceDirectory | null = null;
  if (namespaces !== undefined) {
    const { site: wanted, sources } = namespaces;
    const site = wanted === undefined ? null : await siteByName(sites, wanted);
    const listNamespaces = site === null ? null : () => namespacesOf(sites, site);
    directory = new NamespaceDirectory({ sources, listNamespaces, clock, logger });
  }
  const { bearer } = loaded.config;
  return {
    identities: (origin) => openIdentities(loaded, { http, clock, namespaces: directory }, origin),
    ...(bearer === undefined ? {} : { maxTokenBytes: bearer.maxTokenBytes }),
  };
}

async function namespacesOf(sites: SitesService, site: SiteId): Promise<readonly NamespaceObject[]> {
  const signal = AbortSignal.timeout(NAMESPACES_MS);
  const client = await sites.kubernetesFor(site);
  return client.listOf("/api/v1", "namespaces", namespaceSchema, { namespace: null, signal });
}
