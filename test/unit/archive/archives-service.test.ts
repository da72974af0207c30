import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hasCode } from "../../../src-shared/errors/app-error.ts";
import type { ArchiveDescription } from "../../../src-shared/model/archive.ts";
import { archiveIdSchema } from "../../../src-shared/model/ids.ts";
import { tenantIdSchema } from "../../../src-shared/model/tenant-id.ts";
import type { ArchiveOpener } from "../../../src-main/core/archive/archive-contents.ts";
import { onlyInside } from "../../../src-main/core/archive/archive-path-rule.ts";
import { archiveServices, linesOpener, type ArchiveServices } from "../../builders/archive-services.ts";
import { ManualClock } from "../../builders/manual-clock.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const always = new AbortController().signal;
const bank = tenantIdSchema.parse("bank");

async function opened({ service }: ArchiveServices, ...paths: readonly string[]): Promise<ArchiveDescription> {
  const outcome = await service.open(paths, {}, always);
  if (outcome.kind !== "opened") throw new Error("it asks");
  return outcome.archive;
}

const code = (wanted: Parameters<typeof hasCode>[1]) => (error: unknown) => hasCode(error, wanted);

describe("the archives service", () => {
  it("describes what it opened: time, rows, bytes and a selector that takes all of a tenant's streams", async () => {
    using profile = temporaryDirectory();
    writeFileSync(profile.file("a.log"), "lines\nof a");
    await using services = await archiveServices(profile.file("profile"), [linesOpener().opener]);
    const archive = await opened(services, profile.file("a.log"));
    expect(archive.tenants).toEqual([
      { tenant: "bank", startNs: "1000", endNs: "2000", rows: 2, bytes: 10, selector: '{filename="a.log"}' },
    ]);
    expect(services.service.list()).toEqual([archive]);
    expect(services.announcer.topics).toContain("archives");
  });

  it("gives a place the same id however it is written, and its files in any order", async () => {
    using profile = temporaryDirectory();
    writeFileSync(profile.file("a.log"), "lines a");
    writeFileSync(profile.file("b.log"), "lines b");
    symlinkSync(profile.file("a.log"), profile.file("link.log"));
    await using services = await archiveServices(profile.file("profile"), [linesOpener().opener]);
    const both = await opened(services, profile.file("a.log"), profile.file("b.log"));
    const again = await opened(services, profile.file("b.log"), `${profile.path}/./link.log`);
    expect(again.id).toBe(both.id);
    expect(services.service.list()).toHaveLength(1);
  });

  it("lists after a restart what was open without opening it, and opens it when it is asked for", async () => {
    using profile = temporaryDirectory();
    writeFileSync(profile.file("a.log"), "lines with no zone");
    const first = await archiveServices(profile.file("profile"), [linesOpener().opener]);
    const answer = await first.service.open([profile.file("a.log")], { zone: "UTC" }, always);
    if (answer.kind !== "opened") throw new Error("it asks");
    await first[Symbol.asyncDispose]();

    const { opener, asked } = linesOpener();
    await using second = await archiveServices(profile.file("profile"), [opener]);
    expect(second.service.list()).toEqual([answer.archive]);
    expect(asked()).toBe(0);
    await using source = await second.service.logSource(answer.archive.id, bank, always);
    expect(source.describe().title).toBe("memory");
    expect(asked()).toBe(1);
    expect(second.service.describe(answer.archive.id).assumptions).toEqual({ zone: "UTC" });
  });

  it("asks what a file does not say, remembers the answer, and does not ask again", async () => {
    using profile = temporaryDirectory();
    writeFileSync(profile.file("a.log"), "lines with no zone");
    await using services = await archiveServices(profile.file("profile"), [linesOpener().opener]);
    const asking = await services.service.open([profile.file("a.log")], {}, always);
    expect(asking).toMatchObject({ kind: "questions", questions: [{ kind: "zone", example: "no zone" }] });
    expect(services.service.list()).toEqual([]);
    await services.service.open([profile.file("a.log")], { zone: "+08:00" }, always);
    const archive = await opened(services, profile.file("a.log"));
    expect(archive.assumptions).toEqual({ zone: "+08:00" });
  });

  it("says which assumption is missing where nobody can be asked", async () => {
    using profile = temporaryDirectory();
    writeFileSync(profile.file("a.log"), "lines");
    await using services = await archiveServices(profile.file("profile"), [linesOpener().opener]);
    const archive = await opened(services, profile.file("a.log"));
    await services[Symbol.asyncDispose]();
    writeFileSync(profile.file("a.log"), "lines, now with no zone");
    await using later = await archiveServices(profile.file("profile"), [linesOpener().opener]);
    await expect(later.service.contents(archive.id, always)).rejects.toMatchObject({
      code: "archive.assumption-needed",
      params: { needed: "zone", file: "a.log" },
    });
  });

  it("sets a damaged list aside, tells of it, and begins with an empty one", async () => {
    using profile = temporaryDirectory();
    mkdirSync(profile.file("profile"));
    writeFileSync(join(profile.file("profile"), "archives.json"), '{"version":1,"content":[{"id":7}]}');
    await using services = await archiveServices(profile.file("profile"), [linesOpener().opener]);
    expect(services.service.list()).toEqual([]);
    expect(services.announcer.notices).toMatchObject([{ key: "archives.registry-broken", severity: "warning" }]);
    const kept = readdirSync(profile.file("profile")).find((name) => name.includes(".broken-"));
    expect(readFileSync(join(profile.file("profile"), kept ?? ""), "utf8")).toContain('"id":7');
  });

  it("opens a place once for all who want it at the same time", async () => {
    using profile = temporaryDirectory();
    writeFileSync(profile.file("a.log"), "lines");
    const { opener, asked } = linesOpener();
    await using services = await archiveServices(profile.file("profile"), [opener]);
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => opened(services, profile.file("a.log"))));
    expect(asked()).toBe(1);
    expect(new Set(outcomes.map(({ id }) => id)).size).toBe(1);
  });

  it("gives an opening up only when the last who waits for it has gone", async () => {
    using profile = temporaryDirectory();
    writeFileSync(profile.file("a.log"), "lines");
    const { opener } = linesOpener();
    const begun = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    let given: AbortSignal | null = null;
    const slow: ArchiveOpener = async (paths, assumptions, parts) => {
      given = parts.signal;
      begun.resolve();
      await goOn.promise;
      return opener(paths, assumptions, parts);
    };
    await using services = await archiveServices(profile.file("profile"), [slow]);
    const leaving = new AbortController();
    const left = services.service.open([profile.file("a.log")], {}, leaving.signal);
    const stayed = services.service.open([profile.file("a.log")], {}, always);
    await begun.promise;
    leaving.abort();
    await expect(left).rejects.toSatisfy(code("request.cancelled"));
    expect(given).toMatchObject({ aborted: false });
    goOn.resolve();
    await expect(stayed).resolves.toMatchObject({ kind: "opened" });
  });

  it("keeps unpacked files for who still reads a closed archive, and clears them after the last", async () => {
    using profile = temporaryDirectory();
    writeFileSync(profile.file("a.log"), "lines");
    await using services = await archiveServices(profile.file("profile"), [linesOpener().opener]);
    const archive = await opened(services, profile.file("a.log"));
    const work = join(profile.file("profile"), "archive-work", archive.id);
    const source = await services.service.logSource(archive.id, bank, always);
    expect(await services.service.close(archive.id)).toBe(true);
    expect(services.service.list()).toEqual([]);
    expect(readdirSync(work)).toHaveLength(1);
    await source[Symbol.asyncDispose]();
    await expect.poll(() => readdirSync(work)).toEqual([]);
    expect(existsSync(profile.file("a.log"))).toBe(true);
    expect(await services.service.close(archive.id)).toBe(false);
  });

  it("clears what a program that died had unpacked", async () => {
    using profile = temporaryDirectory();
    const work = join(profile.file("profile"), "archive-work");
    mkdirSync(join(work, "a0", "0"), { recursive: true });
    writeFileSync(join(work, "a0", "0", "unpacked"), "old");
    await using services = await archiveServices(profile.file("profile"), [linesOpener().opener]);
    expect(services.service.list()).toEqual([]);
    expect(existsSync(work)).toBe(false);
  });

  it("leaves nothing behind of an opening that failed", async () => {
    using profile = temporaryDirectory();
    writeFileSync(profile.file("a.bin"), "something else");
    await using services = await archiveServices(profile.file("profile"), [linesOpener().opener]);
    await expect(opened(services, profile.file("a.bin"))).rejects.toSatisfy(code("archive.not-recognised"));
    const work = join(profile.file("profile"), "archive-work");
    const left = readdirSync(work, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(left).toEqual([]);
  });

  it("opens only inside the listed folders where others reach the console, links followed first", async () => {
    using profile = temporaryDirectory();
    for (const folder of ["open", "open-not", "elsewhere"]) mkdirSync(profile.file(folder));
    writeFileSync(profile.file("open/a.log"), "lines");
    writeFileSync(profile.file("open-not/a.log"), "lines");
    writeFileSync(profile.file("elsewhere/secret.log"), "lines");
    symlinkSync(profile.file("elsewhere/secret.log"), profile.file("open/way-out.log"));
    symlinkSync(profile.file("open"), profile.file("elsewhere/way-in"));
    const mayOpen = onlyInside(() => [profile.file("not-there"), profile.file("open")]);
    await using services = await archiveServices(profile.file("profile"), [linesOpener().opener], { mayOpen });
    await opened(services, profile.file("open/a.log"));
    await opened(services, profile.file("elsewhere/way-in/a.log"));
    const refused = ["open/way-out.log", "open/../elsewhere/secret.log", "open-not/a.log", "elsewhere/secret.log"];
    for (const path of refused) {
      await expect(opened(services, profile.file(path))).rejects.toSatisfy(code("archive.path-refused"));
    }
    await expect(opened(services, profile.file("open/a.log"), profile.file("elsewhere/secret.log"))).rejects.toSatisfy(
      code("archive.path-refused"),
    );
  });

  it("asks the rule again when a link of the list leads elsewhere after a restart", async () => {
    using profile = temporaryDirectory();
    mkdirSync(profile.file("open/logs"), { recursive: true });
    writeFileSync(profile.file("open/logs/a.log"), "lines");
    const mayOpen = onlyInside(() => [profile.file("open")]);
    const first = await archiveServices(profile.file("profile"), [linesOpener().opener], { mayOpen });
    const archive = await opened(first, profile.file("open/logs/a.log"));
    await first[Symbol.asyncDispose]();
    const closed = onlyInside(() => [profile.file("other")]);
    await using second = await archiveServices(profile.file("profile"), [linesOpener().opener], { mayOpen: closed });
    await expect(second.service.contents(archive.id, always)).rejects.toSatisfy(code("archive.path-refused"));
  });

  it("knows neither unknown archives nor tenants that an archive does not hold", async () => {
    using profile = temporaryDirectory();
    writeFileSync(profile.file("a.log"), "lines");
    await using services = await archiveServices(profile.file("profile"), [linesOpener().opener]);
    const unknown = archiveIdSchema.parse("a00");
    expect(() => services.service.describe(unknown)).toThrow("archive.unknown");
    await expect(services.service.contents(unknown, always)).rejects.toSatisfy(code("archive.unknown"));
    const archive = await opened(services, profile.file("a.log"));
    const other = tenantIdSchema.parse("other");
    await expect(services.service.logSource(archive.id, other, always)).rejects.toSatisfy(
      code("archive.tenant-unknown"),
    );
  });

  it("opens uploads for their owner alone, and removes them with the archive", async () => {
    using profile = temporaryDirectory();
    const clock = new ManualClock();
    await using services = await archiveServices(profile.file("profile"), [linesOpener().opener], { clock });
    const { uploads, service } = services;
    const upload = await uploads.begin("drop.log", 5, "ada");
    await uploads.piece(upload, 0, Buffer.from("lines").toString("base64"), "ada");
    await expect(service.openUploads([upload], {}, "eve", always)).rejects.toSatisfy(code("archive.upload-unknown"));
    const outcome = await service.openUploads([upload], {}, "ada", always);
    if (outcome.kind !== "opened") throw new Error("it asks");
    expect(outcome.archive.title).toBe("drop.log");
    expect(await uploads.drop(upload, "ada")).toBe(false);
    await clock.advance(72 * 3_600_000);
    const folder = join(profile.file("profile"), "uploads");
    expect(readdirSync(folder)).toEqual([upload]);
    await service.close(outcome.archive.id);
    await expect.poll(() => readdirSync(folder)).toEqual([]);
  });

  it("keeps an uploaded file as long as one archive of several stands on it", async () => {
    using profile = temporaryDirectory();
    await using services = await archiveServices(profile.file("profile"), [linesOpener().opener]);
    const { uploads, service } = services;
    const send = async (name: string) => {
      const upload = await uploads.begin(name, 5, "ada");
      await uploads.piece(upload, 0, Buffer.from("lines").toString("base64"), "ada");
      return upload;
    };
    const [first, second] = [await send("a.log"), await send("b.log")];
    const alone = await service.openUploads([first], {}, "ada", always);
    const both = await service.openUploads([first, second], {}, "ada", always);
    if (alone.kind !== "opened" || both.kind !== "opened") throw new Error("it asks");
    const folder = join(profile.file("profile"), "uploads");
    await service.close(both.archive.id);
    await expect.poll(() => readdirSync(folder)).toEqual([first]);
    await service.close(alone.archive.id);
    await expect.poll(() => readdirSync(folder)).toEqual([]);
  });
});
