import { describe, expect, it } from "vitest";
import { capsulesApi } from "../../../src-shared/api/capsules.api.ts";
import { siteIdSchema } from "../../../src-shared/model/ids.ts";
import { tenantIdSchema } from "../../../src-shared/model/tenant-id.ts";
import { capsuleProblems, suggestedFile } from "../../../src-renderer/features/explore/capsule/capsule-draft.ts";
import {
  capsuleInput,
  createCapsuleTray,
  MAX_CAPSULE_QUERIES,
  type TrayEntry,
} from "../../../src-renderer/features/explore/capsule/capsule-tray.ts";

function memoryStorage(initial: Readonly<Record<string, string>> = {}) {
  const kept = new Map(Object.entries(initial));
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
}

function entry(id: string, query = `{app="${id}"}`): TrayEntry {
  return {
    id,
    place: "Lab · retail-bank",
    query: {
      target: { kind: "loki", site: siteIdSchema.parse("lab"), tenant: tenantIdSchema.parse("retail-bank") },
      query,
      range: { startNs: "1763630047000000000", endNs: "1763633647123456789" },
      direction: "backward",
      limit: 5_000,
    },
  };
}

const ids = (tray: ReturnType<typeof createCapsuleTray>) => tray.getState().entries.map(({ id }) => id);

describe("the capsule tray", () => {
  it("is there again after the page was loaded anew, notes and all", () => {
    const storage = memoryStorage();
    const before = createCapsuleTray(storage);
    before.getState().add(entry("a"));
    before.getState().change({ title: "Timeouts", notes: "# not a heading\n<b>not bold</b>", redact: ["phone"] });
    const after = createCapsuleTray(storage).getState();
    expect(after).toMatchObject({
      title: "Timeouts",
      notes: "# not a heading\n<b>not bold</b>",
      redact: ["phone"],
      kept: true,
    });
    expect(after.entries).toEqual([entry("a")]);
  });

  it("takes a query once, however often it is added", () => {
    const tray = createCapsuleTray(memoryStorage());
    tray.getState().add(entry("a"));
    tray.getState().add({ ...entry("a"), id: "again" });
    tray.getState().add(entry("b"));
    expect(ids(tray)).toEqual(["a", "b"]);
  });

  it("moves queries up and down, and not past the ends", () => {
    const tray = createCapsuleTray(memoryStorage());
    for (const id of ["a", "b", "c"]) tray.getState().add(entry(id));
    tray.getState().move("c", -1);
    expect(ids(tray)).toEqual(["a", "c", "b"]);
    tray.getState().move("a", -1);
    tray.getState().move("b", 1);
    tray.getState().move("gone", 1);
    expect(ids(tray)).toEqual(["a", "c", "b"]);
    tray.getState().remove("c");
    expect(ids(tray)).toEqual(["a", "b"]);
    tray.getState().empty();
    expect(tray.getState()).toMatchObject({ entries: [], notes: "", title: "", file: null });
  });

  it("holds no more than the door takes", () => {
    const tray = createCapsuleTray(memoryStorage());
    for (let number = 0; number <= MAX_CAPSULE_QUERIES; number += 1) tray.getState().add(entry(`q${number}`));
    expect(tray.getState().entries).toHaveLength(MAX_CAPSULE_QUERIES);
    const input = {
      title: "x",
      notes: "",
      queries: tray.getState().entries.map(capsuleInput),
      redact: [],
      file: "x",
    };
    expect(capsulesApi.create.input.parse(input).queries[0]?.range.endNs).toBe(1_763_633_647_123_456_789n);
  });

  it("begins empty where something else is kept under its name", () => {
    const storage = memoryStorage();
    createCapsuleTray(storage).getState().add(entry("a"));
    const [key = ""] = storage.kept.keys();
    for (const foreign of ["{", "[]", '{"entries":[{"id":1}]}', '{"entries":[],"title":7}']) {
      expect(createCapsuleTray(memoryStorage({ [key]: foreign })).getState().entries).toEqual([]);
    }
  });

  it("says so where the browser keeps nothing, and works all the same", () => {
    const forbidden = (): never => {
      throw new DOMException("denied", "SecurityError");
    };
    const tray = createCapsuleTray({ getItem: forbidden, setItem: forbidden });
    tray.getState().add(entry("a"));
    expect(tray.getState()).toMatchObject({ kept: false, entries: [{ id: "a" }] });
    const full = createCapsuleTray({ getItem: () => null, setItem: forbidden });
    expect(full.getState().kept).toBe(true);
    full.getState().add(entry("a"));
    expect(full.getState().kept).toBe(false);
  });
});

describe("a capsule's form", () => {
  it("names the file after the title, in any script", () => {
    const at = Date.parse("2026-11-22T23:59:59Z");
    expect(suggestedFile("Timeouts: cards / 支付", at)).toBe("Timeouts-cards-支付-2026-11-22");
    expect(suggestedFile(" ../.. ", at)).toBe("capsule-2026-11-22");
    expect(suggestedFile("x".repeat(500), at).length).toBeLessThan(100);
  });

  it("needs a title and a file, and says what is too long", () => {
    expect(capsuleProblems({ title: " ", notes: "", file: "" })).toEqual({ title: "required", file: "required" });
    expect(capsuleProblems({ title: "t".repeat(201), notes: "n".repeat(200_001), file: "f" })).toEqual({
      title: "tooLong",
      notes: "tooLong",
    });
    expect(capsuleProblems({ title: "t", notes: "", file: "f" })).toEqual({});
  });
});
