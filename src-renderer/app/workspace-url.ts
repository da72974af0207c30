import { z } from "zod";
import { isLinkPath, MAX_LINK_PATHS } from "../../src-shared/model/console-link.ts";
import { archiveIdSchema, jobIdSchema, siteIdSchema } from "../../src-shared/model/ids.ts";
import { formatNanoUtc, nanoFromMs, NS_PER_SECOND, parseNanoTime } from "../../src-shared/model/nano-time.ts";
import { storeIdSchema } from "../../src-shared/model/storage/store.ts";
import { tenantIdProblem } from "../../src-shared/model/tenant-id.ts";
import {
  DEFAULT_HEALTH,
  DEFAULT_RANGE,
  DEFAULT_STORAGE,
  DEFAULT_TENANTS,
  HEALTH_TABS,
  SCREENS,
  STORAGE_TABS,
  TENANTS_TABS,
  type HealthView,
  type RangeChoice,
  type SourceChoice,
  type StorageView,
  type TenantsView,
  type Workspace,
} from "../hooks/workspace-store.ts";

/** The part of a workspace that a link carries. */
export type LinkedWorkspace = Pick<
  Workspace,
  "screen" | "site" | "tenant" | "source" | "range" | "query" | "direction" | "live" | "health" | "tenants" | "storage"
>;

export interface ParsedLink {
  readonly workspace: LinkedWorkspace;
  /** Parts that were not understood and therefore left out: the person is told, not guessed for. */
  readonly ignored: readonly string[];
  /** Logs on disk that it asks to open; never opened without a person saying so. */
  readonly paths: readonly string[];
}

const MAX_QUERY_LENGTH = 131_072;
const MAX_RELATIVE_SECONDS = 400 * 86_400;
const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

/** A pod's or a ring member's name, as the board has it. */
const instanceSchema = z.string().regex(/^[A-Za-z0-9](?:[-A-Za-z0-9._:]{0,251}[A-Za-z0-9])?$/);
/** A finding's id, as a scan makes it of its kind and key. */
const findingSchema = z.string().regex(/^[A-Za-z0-9._:-]{1,200}$/);
const namespaceSchema = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);

function relativeSeconds(text: string): number | null {
  const match = /^now-(\d{1,9})([smhdw])$/.exec(text);
  if (match === null) return null;
  const seconds = Number(match[1]) * (UNIT_SECONDS[match[2] ?? ""] ?? 0);
  return seconds > 0 && seconds <= MAX_RELATIVE_SECONDS ? seconds : null;
}

function parseRange(from: string | null, to: string | null): RangeChoice | null {
  if (from === null) return null;
  if (to === null || to === "now") {
    const lastSeconds = relativeSeconds(from);
    return lastSeconds === null ? null : { kind: "relative", lastSeconds };
  }
  const startNs = parseNanoTime(from);
  const endNs = parseNanoTime(to);
  if (startNs === null || endNs === null || startNs >= endNs) return null;
  return { kind: "absolute", startNs: String(startNs), endNs: String(endNs) };
}

function sourceChoice(archive: string | null, namespace: string | null): SourceChoice {
  if (archive !== null) return { kind: "archive", archive };
  return namespace === null ? { kind: "loki" } : { kind: "pods", namespace };
}

/** The paths of a link to the archives; `null` where one of them does not fit, or anywhere else. */
function parsePaths(screen: string | undefined, paths: readonly string[]): readonly string[] | null {
  if (paths.length === 0) return [];
  return screen === "archives" && paths.length <= MAX_LINK_PATHS && paths.every(isLinkPath) ? paths : null;
}

/**
 * Reads `#/explore?site=…&tenant=…&q=…&from=…&to=…&live=1`, or the same behind `kubemate://`. A link comes from anywhere:
 * whatever does not fit its schema is left out and named.
 */
export function parseWorkspaceLink(link: string): ParsedLink {
  const text = link.replace(/^kubemate:\/\//, "").replace(/^#?\/?/, "");
  const mark = text.indexOf("?");
  const path = (mark < 0 ? text : text.slice(0, mark)).replace(/\/+$/, "");
  const params = new URLSearchParams(mark < 0 ? "" : text.slice(mark + 1));
  const ignored: string[] = [];
  const read = <Value>(name: string, parse: (value: string) => Value | null, fallback: Value): Value => {
    const value = params.get(name);
    if (value === null) return fallback;
    const parsed = parse(value);
    if (parsed !== null) return parsed;
    ignored.push(name);
    return fallback;
  };

  const screen = z.enum(SCREENS).safeParse(path);
  if (!screen.success && path !== "") ignored.push(path.slice(0, 40));
  const site = read<string | null>("site", (value) => siteIdSchema.safeParse(value).data ?? null, null);
  const tenant = read<string | null>("tenant", (value) => (tenantIdProblem(value) === null ? value : null), null);
  const archive = read<string | null>("archive", (value) => archiveIdSchema.safeParse(value).data ?? null, null);
  const namespace = read<string | null>("pods", (value) => namespaceSchema.safeParse(value).data ?? null, null);
  const query = read("q", (value) => (value.length <= MAX_QUERY_LENGTH ? value : null), "");
  const direction = read<Workspace["direction"]>("dir", (value) => (value === "forward" ? value : null), "backward");
  // An archive does not grow, so there is nothing to follow.
  const live = read("live", (value) => (value === "1" && archive === null ? true : null), false);
  const range = parseRange(params.get("from"), params.get("to"));
  if (range === null && (params.has("from") || params.has("to"))) ignored.push("from, to");
  const ofTenants = screen.data === "tenants";
  const ofStorage = screen.data === "storage";
  const tab =
    ofTenants || ofStorage
      ? DEFAULT_HEALTH.tab
      : read<HealthView["tab"]>(
          "tab",
          (value) => z.enum(HEALTH_TABS).safeParse(value).data ?? null,
          DEFAULT_HEALTH.tab,
        );
  const tenantsTab = ofTenants
    ? read<TenantsView["tab"]>(
        "tab",
        (value) => z.enum(TENANTS_TABS).safeParse(value).data ?? null,
        DEFAULT_TENANTS.tab,
      )
    : DEFAULT_TENANTS.tab;
  const opened = read<string | null>("opened", (value) => (tenantIdProblem(value) === null ? value : null), null);
  const storage: StorageView = {
    tab: ofStorage
      ? read<StorageView["tab"]>(
          "tab",
          (value) => z.enum(STORAGE_TABS).safeParse(value).data ?? null,
          DEFAULT_STORAGE.tab,
        )
      : DEFAULT_STORAGE.tab,
    store: read<string | null>("store", (value) => storeIdSchema.safeParse(value).data ?? null, null),
    scan: read<string | null>("scan", (value) => jobIdSchema.safeParse(value).data ?? null, null),
    finding: read<string | null>("finding", (value) => findingSchema.safeParse(value).data ?? null, null),
  };
  const instance = read<string | null>("instance", (value) => instanceSchema.safeParse(value).data ?? null, null);
  const paths = parsePaths(screen.data, params.getAll("path"));
  if (paths === null) ignored.push("path");
  if (archive !== null && namespace !== null) ignored.push("pods");

  return {
    workspace: {
      screen: screen.success ? screen.data : "explore",
      site,
      tenant,
      source: sourceChoice(archive, namespace),
      range: range ?? DEFAULT_RANGE,
      query,
      direction,
      live,
      // Only a link to a screen says what it shows.
      health: screen.data === "health" ? { tab, instance } : DEFAULT_HEALTH,
      tenants: ofTenants ? { tab: tenantsTab, opened } : DEFAULT_TENANTS,
      storage: ofStorage ? storage : DEFAULT_STORAGE,
    },
    ignored,
    paths: paths ?? [],
  };
}

function rangeParams(range: RangeChoice): [string, string] {
  if (range.kind === "relative") return [`now-${range.lastSeconds}s`, "now"];
  return [formatNanoUtc(BigInt(range.startNs)), formatNanoUtc(BigInt(range.endNs))];
}

function isDefaultRange(range: RangeChoice): boolean {
  return (
    range.kind === "relative" && DEFAULT_RANGE.kind === "relative" && range.lastSeconds === DEFAULT_RANGE.lastSeconds
  );
}

/** `explore?site=…`: what stands behind `#/` and behind `kubemate://`. Defaults are left out. */
export function formatWorkspaceLink(workspace: LinkedWorkspace): string {
  const params = new URLSearchParams();
  if (workspace.site !== null) params.set("site", workspace.site);
  if (workspace.tenant !== null) params.set("tenant", workspace.tenant);
  if (workspace.source.kind === "pods") params.set("pods", workspace.source.namespace);
  if (workspace.source.kind === "archive") params.set("archive", workspace.source.archive);
  if (workspace.query !== "") params.set("q", workspace.query);
  if (!isDefaultRange(workspace.range)) {
    const [from, to] = rangeParams(workspace.range);
    params.set("from", from);
    params.set("to", to);
  }
  if (workspace.direction === "forward") params.set("dir", "forward");
  if (workspace.live) params.set("live", "1");
  if (workspace.screen === "health") {
    if (workspace.health.tab !== DEFAULT_HEALTH.tab) params.set("tab", workspace.health.tab);
    if (workspace.health.instance !== null) params.set("instance", workspace.health.instance);
  }
  if (workspace.screen === "tenants") {
    if (workspace.tenants.tab !== DEFAULT_TENANTS.tab) params.set("tab", workspace.tenants.tab);
    if (workspace.tenants.opened !== null) params.set("opened", workspace.tenants.opened);
  }
  if (workspace.screen === "storage") {
    const { tab, store, scan, finding } = workspace.storage;
    if (store !== null) params.set("store", store);
    if (tab !== DEFAULT_STORAGE.tab) params.set("tab", tab);
    if (scan !== null) params.set("scan", scan);
    if (finding !== null) params.set("finding", finding);
  }
  const query = params.toString();
  return query === "" ? workspace.screen : `${workspace.screen}?${query}`;
}

/**
 * The workspace as a colleague should see it: "the last 15 minutes" become the instants they are now, unless it is a live
 * tail, which has no end to freeze. An archive is of no site.
 */
export function sharedWorkspace(workspace: LinkedWorkspace, nowMs: number): LinkedWorkspace {
  if (workspace.source.kind === "archive" && workspace.site !== null) {
    return sharedWorkspace({ ...workspace, site: null }, nowMs);
  }
  if (workspace.range.kind === "absolute" || workspace.live) return workspace;
  const endNs = nanoFromMs(nowMs);
  const startNs = endNs - BigInt(workspace.range.lastSeconds) * NS_PER_SECOND;
  return { ...workspace, range: { kind: "absolute", startNs: String(startNs), endNs: String(endNs) } };
}

/** A link to paste: into a browser where the console is served, into anything where it is a desktop program. */
export function permalink(
  workspace: LinkedWorkspace,
  shell: "desktop" | "browser",
  page: string,
  nowMs: number,
): string {
  const path = formatWorkspaceLink(sharedWorkspace(workspace, nowMs));
  return shell === "desktop" ? `kubemate://${path}` : `${page.replace(/#.*$/, "")}#/${path}`;
}
