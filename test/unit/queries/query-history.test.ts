import { describe, expect, it } from "vitest";
import { QueryHistory } from "../../../src-main/core/queries/query-history.ts";
import { ManualClock } from "../../builders/manual-clock.ts";
import { RecordingAnnouncer } from "../../builders/recording-announcer.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const USE = { query: '{app="payments"}', site: "lab", tenant: "acme" };

describe("query history", () => {
  it("lists each recent query once, the latest use first, and keeps saved ones apart", async () => {
    using directory = temporaryDirectory();
    const clock = new ManualClock();
    using history = new QueryHistory(directory.file("queries.db"), clock, new RecordingAnnouncer());
    for (const query of ['{app="a"}', '{app="b"}', '{app="a"}', "  "]) {
      history.used({ ...USE, query }, "local");
      await clock.advance(1);
    }
    history.save(USE, "errors", "local");
    expect(history.list("recent", "", 10, "local").map(({ query, uses }) => [query, uses])).toEqual([
      ['{app="a"}', 2],
      ['{app="b"}', 1],
    ]);
    expect(history.list("saved", "pay", 10, "local")).toMatchObject([{ name: "errors", ...USE }]);
    expect(history.list("recent", "%", 10, "local")).toEqual([]);
  });

  it("replaces a saved query of the same name, removes it, and says when there is none", () => {
    using directory = temporaryDirectory();
    using history = new QueryHistory(directory.file("queries.db"), new ManualClock(), new RecordingAnnouncer());
    history.save(USE, "errors", "local");
    const { id } = history.save({ ...USE, query: '{app="b"}' }, "errors", "local");
    expect(history.list("saved", "", 10, "local")).toMatchObject([{ id, query: '{app="b"}' }]);
    history.remove(id, "local");
    expect(() => history.remove(id, "local")).toThrow(/saved-query-unknown/);
  });

  it("forgets the oldest recent queries past a thousand, never a saved one", () => {
    using directory = temporaryDirectory();
    using history = new QueryHistory(directory.file("queries.db"), new ManualClock(), new RecordingAnnouncer());
    history.save(USE, "kept", "local");
    for (let index = 0; index < 1_005; index++) history.used({ ...USE, query: `{app="${index}"}` }, "local");
    expect(history.list("recent", "", 500, "local")).toHaveLength(500);
    expect(history.list("recent", '{app="4"}', 10, "local")).toEqual([]);
    expect(history.list("recent", '{app="5"}', 10, "local")).toHaveLength(1);
    expect(history.list("saved", "", 10, "local")).toHaveLength(1);
  });
});
