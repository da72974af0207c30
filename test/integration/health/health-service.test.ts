import { mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { SiteHealth } from "../../../src-shared/model/health/site-health.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { HEALTH_PARTS } from "../../../src-main/core/console-health-parts.ts";
import { HealthService } from "../../../src-main/core/health/health.service.ts";
import { ManualClock } from "../../builders/manual-clock.ts";
import { RecordingAnnouncer } from "../../builders/recording-announcer.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";
import { SimulatedSite } from "../../builders/simulated-site.ts";
import { temporaryDirectory, type TemporaryDirectory } from "../../builders/temporary-directory.ts";

const INTERVAL_MS = 5_000;
const eventually = (holds: () => void): Promise<void> => vi.waitFor(holds, { timeout: 10_000, interval: 5 });

describe("the health of sites", () => {
  let folder: TemporaryDirectory;
  let clock: ManualClock;
  let announcer: RecordingAnnouncer;
  let site: SimulatedSite;
  let sites: SimulatedSite[];
  let service: HealthService;
  const reading = new Set<AbortController>();

  beforeEach(() => {
    folder = temporaryDirectory();
    clock = new ManualClock();
    announcer = new RecordingAnnouncer();
    site = new SimulatedSite("prod", clock, INTERVAL_MS);
    sites = [site];
    service = serviceIn(folder.file("health"));
  });

  afterEach(async () => {
    for (const controller of reading) controller.abort();
    await service[Symbol.asyncDispose]();
    folder[Symbol.dispose]();
  });

  function serviceIn(directory: string): HealthService {
    const find = (id: string) => {
      const found = sites.find((one) => one.id === id);
      if (found === undefined) throw new AppError("sites.unknown", { site: id });
      return found;
    };
    return new HealthService({
      directory,
      open: async (id) => find(id).open(),
      identify: async (id) => find(id).identify(),
      bucketOf: () => Promise.reject(new AppError("health.nobody-tells", { what: "bucket" })),
      parts: HEALTH_PARTS,
      settings: () => ({ intervalMs: INTERVAL_MS, historyMs: 6 * 3_600_000 }),
      clock,
      logger: new RecordingLogger(),
      announcer,
    });
  }

  /** The first board of a round, then as many rounds as fit into the time. */
  async function play(seconds: number, of: SimulatedSite = site, intervalMs = INTERVAL_MS): Promise<SiteHealth> {
    await eventually(() => expect(service.board(of.id).state).not.toBe("starting"));
    for (let second = 0; second < seconds; second += intervalMs / 1_000) {
      const before = service.board(of.id).roundAtMs ?? 0;
      // oxlint-disable-next-line no-await-in-loop -- one round after the other
      await clock.advance(intervalMs);
      // oxlint-disable-next-line no-await-in-loop -- the clock may be ahead of what was asked
      await eventually(() => expect(service.board(of.id).roundAtMs ?? 0).toBeGreaterThan(before));
    }
    return service.board(of.id);
  }

  function read(of: SimulatedSite = site): AsyncGenerator<SiteHealth, void, void> {
    const controller = new AbortController();
    reading.add(controller);
    return service.watch(of.id, controller.signal);
  }

  function instance({ instances }: SiteHealth, name: string): SiteHealth["instances"][number] | undefined {
    return instances.find((one) => one.instance === name);
  }

  it("names the ingester that flushes slowly within a minute, tells a person, and takes it back", async () => {
    const [, sick = ""] = site.ingesters;
    const sound = await play(120);
    expect(sound).toMatchObject({ state: "watching", error: null, source: "pods" });
    expect(sound.instances.map(({ verdict }) => verdict)).not.toContain("gray");
    site.simulation.setFault(`slow-flush:${sick}`, true, clock.nowMs());
    const board = await play(60);
    expect(board.instances.filter(({ verdict }) => verdict === "gray").map((one) => one.instance)).toEqual([sick]);
    expect(instance(board, sick)?.evidence.length).toBeGreaterThan(0);
    expect(board.verdict).toBe("gray");
    expect(board.changes[0]?.atMs).toBeGreaterThan(0);
    const told = announcer.notices.filter(({ key }) => key === "health.gray");
    expect(told).toEqual([
      {
        key: "health.gray",
        severity: "warning",
        params: { site: "the site prod", component: "ingester", instances: sick },
      },
    ]);
    expect(announcer.topics).toContain("health");
    site.simulation.setFault(`slow-flush:${sick}`, false, clock.nowMs());
    const after = await play(180);
    expect(instance(after, sick)?.verdict).toBe("healthy");
    expect(announcer.notices.map(({ key }) => key)).toEqual(["health.gray", "health.cleared"]);
  });

  it("names it within a minute by rounds of fifteen seconds, too", async () => {
    const rare = new SimulatedSite("rare", clock, 15_000);
    sites = [rare];
    const [, , sick = ""] = rare.ingesters;
    await play(300, rare, 15_000);
    rare.simulation.setFault(`slow-flush:${sick}`, true, clock.nowMs());
    const board = await play(60, rare, 15_000);
    expect(board.instances.filter(({ verdict }) => verdict === "gray").map((one) => one.instance)).toEqual([sick]);
  });

  it("forgets nothing over a restart: the verdict, since when, and the changes", async () => {
    const [, sick = ""] = site.ingesters;
    await play(90);
    site.simulation.setFault(`slow-flush:${sick}`, true, clock.nowMs());
    const board = await play(60);
    const before = instance(board, sick);
    expect(before?.verdict).toBe("gray");
    await service[Symbol.asyncDispose]();
    service = serviceIn(folder.file("health"));
    const again = await play(0);
    expect(instance(again, sick)).toMatchObject({ verdict: "gray", sinceMs: before?.sinceMs });
    expect(again.historyFromMs).toBe(board.historyFromMs);
    const grayAt = (changes: SiteHealth["changes"]) =>
      changes.find(({ name, verdict }) => name === sick && verdict === "gray")?.atMs;
    expect(grayAt(again.changes)).toBe(grayAt(board.changes));
  });

  it("does not take another Loki's past for its own", async () => {
    await play(30);
    const oldFrom = service.board(site.id).historyFromMs;
    site.identity = { ...site.identity, place: "elsewhere", made: "2" };
    service.sitesChanged();
    await eventually(() => expect(service.board(site.id).historyFromMs).not.toBe(oldFrom));
    const [own = ""] = readdirSync(folder.file("health"));
    expect(readdirSync(join(folder.file("health"), own))).toEqual(["elsewhere"]);
  });

  it("opens a site anew when the way to it changed, and keeps what it remembers", async () => {
    const board = await play(30);
    expect(site.opened).toBe(1);
    site.identity = { ...site.identity, made: "another way" };
    service.sitesChanged();
    await eventually(() => expect(site.opened).toBe(2));
    const later = await play(10);
    expect(later.historyFromMs).toBe(board.historyFromMs);
    service.sitesChanged();
    await play(10);
    expect(site.opened).toBe(2);
  });

  it("says unknown of pods that may not be read, and judges the others", async () => {
    for (const { instance: name } of site.targets.slice(0, Math.ceil(site.targets.length / 2)))
      site.forbidden.add(name);
    const board = await play(90);
    const kept = board.instances.filter(({ instance: name }) => site.forbidden.has(name));
    expect(kept.length).toBe(site.forbidden.size);
    for (const { verdict, outcome, error, doubts } of kept) {
      expect({ verdict, outcome, code: error?.code }).toEqual({
        verdict: "unknown",
        outcome: "forbidden",
        code: "cluster.forbidden",
      });
      expect(doubts).toContain("forbidden");
    }
    const rest = board.instances.filter(({ instance: name }) => !site.forbidden.has(name));
    expect(rest.length).toBeGreaterThan(0);
    expect(new Set(rest.map(({ outcome }) => outcome))).toEqual(new Set(["answered"]));
  });

  it("ends with an error when its site is removed", async () => {
    const boards = read();
    await play(10);
    site.removed = true;
    service.sitesChanged();
    const rest = async () => {
      for await (const board of boards) void board;
    };
    await expect(rest()).rejects.toMatchObject({ code: "sites.unknown" });
  });

  it("tells why a site cannot be opened, keeps the stream up, and tries again after half a minute", async () => {
    site.refusal = new AppError("cluster.unreachable", { host: "api", problem: "refused" });
    const boards = read();
    expect((await boards.next()).value).toMatchObject({ state: "starting" });
    await eventually(() => expect(service.board(site.id).state).toBe("failed"));
    expect((await boards.next()).value).toMatchObject({
      state: "failed",
      verdict: "unknown",
      error: { code: "cluster.unreachable" },
    });
    const tried = site.opened;
    await clock.advance(29_000);
    expect(site.opened).toBe(tried);
    site.refusal = null;
    await clock.advance(2_000);
    await eventually(() => expect(service.board(site.id).state).toBe("watching"));
    expect((await boards.next()).value).toMatchObject({ state: "watching", error: null });
  });

  it("hands a slow reader the newest board alone", async () => {
    const boards = read();
    await boards.next();
    const newest = await play(50);
    const { value } = await boards.next();
    expect(value).toBe(newest);
  });

  it("watches four sites at most: the one that was asked for longest ago gives way", async () => {
    sites = ["a", "b", "c", "d", "e"].map((id) => new SimulatedSite(id, clock, INTERVAL_MS));
    const [first, second, , , fifth] = sites;
    if (first === undefined || second === undefined || fifth === undefined) throw new Error("five sites");
    const kept = read(first);
    await kept.next();
    for (const one of sites.slice(0, 4)) service.board(one.id);
    service.board(fifth.id);
    expect(service.boardOf(first.id)).not.toBeNull();
    expect(service.boardOf(second.id)).toBeNull();
    expect(service.boardOf(fifth.id)).not.toBeNull();
  });

  it("goes on watching when nothing can be kept on disk, and says so once", async () => {
    writeFileSync(folder.file("blocked"), "no folder");
    await service[Symbol.asyncDispose]();
    service = serviceIn(folder.file("blocked"));
    const board = await play(30);
    expect(board).toMatchObject({ state: "watching", historyFromMs: null });
    expect(announcer.notices).toMatchObject([{ key: "health.history-lost", params: { site: "the site prod" } }]);
  });

  it("tells of a part of the history that was damaged, and uses the rest", async () => {
    await play(60);
    await service[Symbol.asyncDispose]();
    const [own = ""] = readdirSync(folder.file("health"));
    const place = join(folder.file("health"), own, "here");
    const [segment = ""] = readdirSync(place);
    const bytes = await readFile(join(place, segment));
    bytes.fill(0xff, Math.floor(bytes.length * 0.6), Math.floor(bytes.length * 0.6) + 40);
    await writeFile(join(place, segment), bytes);
    service = serviceIn(folder.file("health"));
    const board = await play(5);
    expect(board.historyFromMs).not.toBeNull();
    expect(announcer.notices.map(({ key }) => key)).toEqual(["health.history-damaged"]);
  });

  it("removes what was kept of sites that nobody has watched for hours, and nothing younger", async () => {
    const [old, young] = [folder.file("health/gone-1"), folder.file("health/gone-2")];
    for (const one of [old, young]) mkdirSync(join(one, "place"), { recursive: true });
    const longAgo = new Date(clock.nowMs() - 7 * 3_600_000);
    const justNow = new Date(clock.nowMs() - 3_600_000);
    for (const path of [join(old, "place"), old]) utimesSync(path, longAgo, longAgo);
    for (const path of [join(young, "place"), young]) utimesSync(path, justNow, justNow);
    await play(5);
    expect(readdirSync(folder.file("health"))).toHaveLength(2);
    expect(readdirSync(folder.file("health"))).toContain("gone-2");
  });

  it("lets go within two seconds of a site whose pods hang", async () => {
    await play(10);
    for (const { instance: name } of site.targets) site.hanging.add(name);
    await clock.advance(INTERVAL_MS);
    const beganMs = performance.now();
    await service[Symbol.asyncDispose]();
    expect(performance.now() - beganMs).toBeLessThan(2_000);
    expect(() => service.board(site.id)).toThrow(AppError);
  });

  it("says of what flows and of who is compared as of the last round", async () => {
    const board = await play(60);
    expect(service.topology(site.id).atMs).toBe(board.roundAtMs);
    expect(service.topology(site.id).edges.length).toBeGreaterThan(0);
    expect(service.mates(site.id, "ingester").instances.map((one) => one.instance)).toEqual(site.ingesters);
  });

  it("draws the figure behind an evidence, of an instance beside its mates and of a component as a whole", async () => {
    const [, sick = ""] = site.ingesters;
    await play(90);
    site.simulation.setFault(`slow-flush:${sick}`, true, clock.nowMs());
    await play(90);
    const drawn = await service.evidenceHistory(site.id, sick, "flush-backlog", 300);
    expect(drawn.metric).toContain("flush_queue");
    expect(drawn.own.length).toBeGreaterThan(10);
    const last = drawn.mates.at(-1);
    expect(drawn.own.at(-1)?.value).toBeGreaterThan(last?.high ?? Number.POSITIVE_INFINITY);
    const whole = await service.evidenceHistory(site.id, "ingester", "flush-backlog", 300);
    expect({ points: whole.own.length > 10, mates: whole.mates }).toEqual({ points: true, mates: [] });
    await expect(service.evidenceHistory(site.id, "nobody-0", "flush-backlog", 300)).rejects.toMatchObject({
      code: "health.instance-unknown",
    });
  });
});
