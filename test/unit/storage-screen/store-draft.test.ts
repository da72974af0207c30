import { describe, expect, it } from "vitest";
import { secretRefSchema } from "../../../src-shared/model/ids.ts";
import { storeConfigSchema } from "../../../src-shared/model/storage/store.ts";
import {
  configOf,
  draftOfStore,
  emptyStoreDraft,
  storeProblems,
  type StoreDraft,
} from "../../../src-renderer/features/storage/stores/store-draft.ts";
import { DR_STORE, SITE_STORE } from "../../builders/storage-examples.ts";

const around = { mayKeepSecrets: true, id: null, readByLoki: new Set<string>([SITE_STORE.id]) };
const s3: StoreDraft = { ...emptyStoreDraft(null), name: "Copy", bucket: "loki-copy" };

describe("what stands in the form of a store", () => {
  it("becomes the configuration it came from", () => {
    for (const { config } of [SITE_STORE, DR_STORE]) {
      const { place } = config;
      const secret = place.kind === "s3" ? (place.place.credentials ?? null) : null;
      expect(configOf(draftOfStore(config), secret)).toEqual(config);
    }
  });

  it("is one that the door takes, once nothing is wrong with it", () => {
    const drafts: readonly StoreDraft[] = [
      s3,
      {
        ...s3,
        moreBuckets: "loki-copy-2, loki-copy-3",
        endpoint: "https://minio.example:9000",
        mebibytesPerSecond: 20,
      },
      { ...s3, kind: "folder", directory: "/srv/copy" },
      { ...s3, kind: "folder", directory: "D:\\copies\\loki" },
    ];
    for (const draft of drafts) {
      expect(storeProblems(draft, around)).toEqual({});
      expect(storeConfigSchema.safeParse(configOf(draft, secretRefSchema.parse("s3.x.1"))).success).toBe(true);
    }
  });

  it("says field by field what is wrong", () => {
    expect(storeProblems({ ...s3, name: " ", bucket: "No Bucket" }, around)).toEqual({
      name: "required",
      bucket: "bucket",
    });
    expect(storeProblems({ ...s3, endpoint: "minio:9000" }, around)).toEqual({ endpoint: "url" });
    expect(storeProblems({ ...s3, kind: "folder", directory: "copies" }, around)).toEqual({ directory: "absolute" });
    expect(storeProblems({ ...s3, credentials: "new" }, around)).toEqual({
      accessKeyId: "required",
      secretAccessKey: "required",
    });
  });

  it("lets no drill write where a Loki reads, and no store be its own copy", () => {
    expect(storeProblems({ ...s3, scratch: SITE_STORE.id }, around)).toEqual({ scratch: "readByLoki" });
    expect(storeProblems({ ...s3, dr: DR_STORE.id, scratch: DR_STORE.id }, { ...around, id: DR_STORE.id })).toEqual({
      dr: "itself",
      scratch: "itself",
    });
  });
});
