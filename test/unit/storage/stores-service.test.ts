import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import { notFoundAtSite } from "../../../src-main/core/storage/stores/discovery-problem.ts";
import { KeptStores } from "../../../src-main/core/storage/stores/kept-stores.store.ts";
import { StoresService } from "../../../src-main/core/storage/stores/stores.service.ts";
import { siteIdSchema } from "../../../src-shared/model/ids.ts";
import type { StoreConfig } from "../../../src-shared/model/storage/store.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";
import { temporaryDirectory, type TemporaryDirectory } from "../../builders/temporary-directory.ts";

const never = new AbortController().signal;
const SITE = siteIdSchema.parse("prod");

let folder: TemporaryDirectory;
beforeAll(() => {
  folder = temporaryDirectory();
});
afterAll(() => folder[Symbol.dispose]());

function openService(file = folder.file("stores.json")): StoresService {
  return new StoresService({
    kept: KeptStores.open(file, systemClock, new RecordingLogger()),
    openS3: () => Promise.reject(new Error("no entered S3 here")),
    sites: {
      find: (site) => Promise.reject(notFoundAtSite(site, "no-loki")),
      open: (site) => Promise.reject(notFoundAtSite(site, "no-loki")),
    },
    announcer: { changed: () => undefined, notice: () => undefined },
    clock: systemClock,
  });
}

function folderConfig(name: string): StoreConfig {
  const place = { kind: "folder", directory: folder.file(name) } as const;
  return { name, place, site: null, indexPrefix: "index/", bytesPerSecond: null, dr: null, scratch: null };
}

describe("stores that were entered", () => {
  it("are there for the next console, changed and removed by their id", async () => {
    const file = folder.file("entered.json");
    const first = openService(file);
    const saved = await first.save(null, folderConfig("a"));
    await first.save(saved.id, { ...folderConfig("a"), name: "renamed" });
    const second = openService(file);
    expect((await second.list(null, never)).stores).toMatchObject([
      { id: saved.id, found: false, config: { name: "renamed" } },
    ]);
    expect([await second.remove(saved.id), await second.remove(saved.id)]).toEqual([true, false]);
    await expect(second.open(saved.id, never)).rejects.toMatchObject({ code: "storage.store-unknown" });
    await expect(second.save(saved.id, folderConfig("a"))).rejects.toMatchObject({ code: "storage.store-unknown" });
  });

  it("are refused where they make no sense", async () => {
    const service = openService();
    const relative = { ...folderConfig("a"), place: { kind: "folder", directory: "some/where" } } as const;
    await expect(service.save(null, relative)).rejects.toMatchObject({ code: "request.invalid" });
    const saved = await service.save(null, folderConfig("a"));
    await expect(service.save(saved.id, { ...folderConfig("a"), scratch: saved.id })).rejects.toMatchObject({
      code: "request.invalid",
    });
    await expect(
      service.save(saved.id, { ...folderConfig("a"), place: { kind: "site", site: SITE } }),
    ).rejects.toMatchObject({ code: "request.invalid" });
  });
});
