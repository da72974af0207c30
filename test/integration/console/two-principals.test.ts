import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Console } from "../../../src-main/core/console.ts";
import type { Caller } from "../../../src-main/rpc/call-context.ts";
import { localCaller } from "../../../src-main/rpc/local-caller.ts";
import type { Notice } from "../../../src-shared/api/session.api.ts";
import type { SiteId } from "../../../src-shared/model/ids.ts";
import type { TenantId } from "../../../src-shared/model/tenant-id.ts";
import { pageAt, type ConsolePage } from "../../builders/console-page.ts";
import { failureOf } from "../../builders/door-outcome.ts";
import { consoleIn } from "../../builders/open-console.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

/** One console, and pages of people who signed in to it: what each sees of what others do. */
const profile = temporaryDirectory();
let opened: Console;
let site: SiteId;
let own: TenantId;
let other: TenantId;
let li: ConsolePage;
let bo: ConsolePage;
let root: ConsolePage;

function person(name: string, tenants: readonly TenantId[]): Partial<Caller> {
  return {
    ...localCaller(`${name} (login.bank.example)`, "admin", "browser"),
    name,
    key: `key of ${name}`,
    tenants: { kind: "listed", tenants: new Set(tenants) },
    expiresAtMs: Date.now() + 3_600_000,
  };
}

const codeOf = async (call: Promise<unknown>) => (await failureOf(call)).wire.code;

/** The newest security entries, newest first. */
async function attempts(limit: number) {
  const { entries } = await root.client.api.audit.list({ limit, auditClass: "security" });
  return entries.map(({ action, principal, outcome, error, subject }) => ({
    action,
    principal,
    outcome,
    error,
    reached: subject["reached"],
  }));
}

function lastHour() {
  const nowMs = Date.now();
  return { startNs: `${nowMs - 600_000}000000`, endNs: `${nowMs}000000` };
}

beforeAll(async () => {
  opened = await consoleIn(profile);
  root = await pageAt(opened);
  const { sites } = await root.client.api.sites.list();
  const lab = sites.find(({ kind }) => kind === "lab");
  if (lab === undefined) throw new Error("there is no lab");
  site = lab.id;
  const { tenants } = await root.client.api.sites.tenants({ site });
  const [first, second] = tenants.filter(({ from }) => from === "lab");
  if (first === undefined || second === undefined) throw new Error("the lab has too few tenants");
  // What the lab lists are its tenants.
  own = first.tenant as TenantId;
  other = second.tenant as TenantId;
  li = await pageAt(opened, person("li", [own]));
  bo = await pageAt(opened, person("bo", [other]));
});

afterAll(async () => {
  for (const page of [li, bo, root]) await page[Symbol.asyncDispose]();
  await opened[Symbol.asyncDispose]();
  profile[Symbol.dispose]();
});

describe("two people at one console", () => {
  it("know who they are, and see of a site's tenants their own", async () => {
    const { api } = li.client;
    expect(await api.session.hello({ protocol: 1 })).toMatchObject({
      principal: "li (login.bank.example)",
      signedIn: { name: "li", tenants: 1 },
    });
    expect((await root.client.api.session.hello({ protocol: 1 })).signedIn).toBeUndefined();
    expect((await api.sites.tenants({ site })).tenants.map(({ tenant }) => tenant)).toEqual([own]);
    expect((await api.lab.status()).tenants).toEqual([own]);
    expect((await root.client.api.lab.status()).tenants.length).toBeGreaterThan(1);
  });

  it("read their own tenant's logs, and neither another's nor those of Loki's own pods", async () => {
    const { api } = li.client;
    const range = lastHour();
    expect(await api.logs.labels({ target: { kind: "loki", site, tenant: own }, range })).not.toEqual([]);
    const target = { kind: "loki", site, tenant: other } as const;
    expect(await codeOf(api.logs.labels({ target, range }))).toBe("identity.tenant-refused");
    expect(await codeOf(api.logs.open({ target, range, query: '{a="b"}', direction: "backward", limit: 1 }))).toBe(
      "identity.tenant-refused",
    );
    const pods = { kind: "pods", site, namespace: "loki" } as const;
    expect(await codeOf(api.logs.tail({ target: pods, query: '{pod=~".+"}' }))).toBe("identity.every-tenant-needed");
    expect(await attempts(3)).toEqual(
      [
        ["logs.tail", "identity.every-tenant-needed", "*"],
        ["logs.open", "identity.tenant-refused", other],
        ["logs.labels", "identity.tenant-refused", other],
      ].map(([action, error, reached]) => ({
        action,
        principal: "li (login.bank.example)",
        outcome: "refused",
        error,
        reached,
      })),
    );
  });

  it("cannot read, follow, search, copy, export or close each other's result sets", async () => {
    const target = { kind: "loki", site, tenant: own } as const;
    const { set } = await li.client.api.logs.open({
      target,
      range: lastHour(),
      query: '{app=~".+"}',
      direction: "backward",
      limit: 100,
    });
    await expect
      .poll(async () => (await li.client.api.logs.window({ set, from: 0, count: 10 })).total)
      .toBeGreaterThan(0);
    const { logs, exports } = bo.client.api;
    const match = { kind: "literal", pattern: "a", caseSensitive: false } as const;
    const tries: readonly (() => Promise<unknown>)[] = [
      () => logs.window({ set, from: 0, count: 10 }),
      () => logs.lineText({ set, row: 0, offset: 0, length: 10 }),
      () => logs.rowAt({ set, timestampNs: "0" }),
      () => logs.findNext({ set, match, fromRow: -1, direction: "next" }),
      () => logs.filter({ set, match }),
      () => logs.histogram({ set, buckets: 10 }),
      () => logs.fieldStats({ set, top: 5 }),
      () => logs.context({ set, row: 0, before: 1, after: 1 }),
      () => logs.copy({ set, from: 0, to: 1, format: "text" }),
      () => logs.stop({ set }),
      () => logs.close({ set }),
      () => firstOf((observer) => logs.watch({ set }, observer)),
      () => firstOf((observer) => logs.find({ set, match, gutter: 10 }, observer)),
      () => firstOf((observer) => exports.selection({ set, from: 0, to: 1, format: "text", redact: [] }, observer)),
    ];
    for (const attempt of tries) expect(await codeOf(attempt())).toBe("logs.result-set-unknown");
    const recorded = await attempts(tries.length);
    expect(
      new Set(recorded.map(({ principal, reached, error }) => `${principal} ${String(reached)} ${error ?? ""}`)),
    ).toEqual(new Set([`bo (login.bank.example) ${set} identity.tenant-refused`]));
    expect((await li.client.api.logs.window({ set, from: 0, count: 10 })).total).toBeGreaterThan(0);
    // Nor does one who signs in again with less.
    await using less = await pageAt(opened, person("li", [other]));
    expect(await codeOf(less.client.api.logs.window({ set, from: 0, count: 1 }))).toBe("logs.result-set-unknown");
    expect(await codeOf(li.client.api.logs.window({ set: "set-none", from: 0, count: 1 }))).toBe(
      "logs.result-set-unknown",
    );
    expect(await li.client.api.logs.close({ set })).toEqual({ closed: true });
  });

  it("keep their queries to themselves, under names that do not meet", async () => {
    const save = (page: ConsolePage, query: string) =>
      page.client.api.queries.save({ query, name: "errors", site, tenant: own });
    const mine = await save(li, '{app="li"}');
    await save(bo, '{app="bo"}');
    const list = async (page: ConsolePage) =>
      (await page.client.api.queries.list({ kind: "saved", limit: 10 })).map(({ query }) => query);
    expect([await list(li), await list(bo), await list(root)]).toEqual([['{app="li"}'], ['{app="bo"}'], []]);
    expect(await codeOf(bo.client.api.queries.remove({ id: mine.id }))).toBe("logs.saved-query-unknown");
    const recent = await bo.client.api.queries.list({ kind: "recent", limit: 10 });
    expect(recent.filter(({ tenant }) => tenant === own)).toEqual([]);
  });

  it("see jobs of their own and of their tenants, and control no others", async () => {
    const { job } = await li.client.api.exports.start({
      target: { kind: "loki", site, tenant: own },
      query: '{app=~".+"}',
      range: lastHour(),
      destination: { kind: "folder", path: "of-li" },
      redact: [],
      linesPerSecond: null,
      parallel: 1,
    });
    await using colleague = await pageAt(opened, person("mei", [own]));
    const seen = async (page: ConsolePage) =>
      (await page.client.api.jobs.list({ limit: 100 })).some(({ id }) => id === job);
    expect([await seen(li), await seen(colleague), await seen(root), await seen(bo)]).toEqual([
      true,
      true,
      true,
      false,
    ]);
    const { jobs } = bo.client.api;
    const controls = [jobs.get, jobs.pause, jobs.resume, jobs.cancel, jobs.remove] as const;
    for (const control of controls) expect(await codeOf(control({ job }))).toBe("jobs.unknown");
    await expect.poll(async () => (await li.client.api.jobs.get({ job })).state, { timeout: 20_000 }).toBe("succeeded");
    expect(await codeOf(jobs.get({ job: "none" }))).toBe("jobs.unknown");
  });

  it("use archives that they uploaded themselves; files on this machine are for who may see every tenant", async () => {
    const { archives, logs } = li.client.api;
    expect(await codeOf(archives.open({ paths: [profile.path], assumptions: {} }))).toBe(
      "identity.every-tenant-needed",
    );
    const bytes = Buffer.from("2026-11-20T10:00:00Z level=info paid\n".repeat(20));
    const { upload } = await archives.beginUpload({ name: "mine.log", sizeBytes: bytes.length });
    expect(
      await codeOf(bo.client.api.archives.uploadPiece({ upload, offset: 0, base64: bytes.toString("base64") })),
    ).toBe("archive.upload-unknown");
    await archives.uploadPiece({ upload, offset: 0, base64: bytes.toString("base64") });
    const answer = await archives.openUploads({ uploads: [upload], assumptions: { tenant: other } });
    if (answer.kind !== "opened") throw new Error("it asks");
    const archive = answer.archive.id;
    const range = { startNs: "0", endNs: "4000000000000000000" };
    const target = { kind: "archive", archive, tenant: other } as const;
    expect(await logs.labels({ target, range })).not.toEqual([]);
    expect((await bo.client.api.archives.list()).map(({ id }) => id)).toEqual([]);
    expect(await codeOf(bo.client.api.archives.describe({ archive }))).toBe("archive.unknown");
    expect(await codeOf(bo.client.api.logs.labels({ target, range }))).toBe("archive.unknown");
    expect(await codeOf(bo.client.api.archives.close({ archive }))).toBe("archive.unknown");
    expect((await root.client.api.archives.list()).map(({ id }) => id)).toEqual([archive]);
    expect((await archives.list()).map(({ id }) => id)).toEqual([archive]);
  });

  it("change nothing that all share, whatever their role", async () => {
    const { api } = li.client;
    for (const attempt of [
      () => api.settings.set({ key: "logs.warnBytes", value: 1 }),
      () =>
        api.sites.save({ config: { kind: "direct", name: "x", url: "http://127.0.0.1:1", auth: { kind: "none" } } }),
      () => api.sites.remove({ site }),
      () => api.session.setReadOnly({ readOnly: true }),
      () => api.lab.setFault({ fault: "server-errors", on: true }),
      () => api.support.bundle(),
      () => api.audit.list({ limit: 1 }),
      () => api.health.config({ site, instance: "loki-ingester-0" }),
      () => api.health.plan({ site, operation: { kind: "flush-tenant", tenant: own } }),
      () => api.tenants.runtimeConfig({ site }),
    ]) {
      expect(await codeOf(attempt())).toBe("identity.every-tenant-needed");
    }
  });

  it("are told of their own tenants only", async () => {
    const told = new Promise<readonly Notice[]>((resolve, reject) => {
      const notices: Notice[] = [];
      li.client.api.session.events(undefined, {
        onData: (event) => {
          if (event.kind !== "notice") return;
          notices.push(event.notice);
          if (event.notice.key === "health.cleared") resolve([...notices]);
        },
        onError: reject,
      });
    });
    const { announcements } = opened.base;
    const tell = (key: string, params: Notice["params"]) => announcements.notice({ key, severity: "info", params });
    // Until the page listens, nobody is told.
    const again = setInterval(() => {
      tell("exports.finished", { place: "/srv/exports/of-bo", lines: 7 });
      tell("limits.overdue", { tenant: other });
      tell("limits.overdue", { tenant: own });
      announcements.openLink("kubemate://logs?tenant=of-bo");
      tell("health.cleared", { site: "lab", component: "ingester" });
    }, 50);
    const notices = await told.finally(() => clearInterval(again));
    expect(notices.map(({ key, params }) => [key, params["tenant"] ?? null])).toEqual([
      ["limits.overdue", own],
      ["health.cleared", null],
    ]);
  });
});

/** The first value of a stream, or what it fails with. */
function firstOf(
  subscribe: (observer: { onData: (value: unknown) => void; onError: (error: unknown) => void }) => unknown,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    subscribe({ onData: resolve, onError: reject });
  });
}
