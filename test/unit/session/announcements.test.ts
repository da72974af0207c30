import { describe, expect, it } from "vitest";
import { Announcements, type Announcement } from "../../../src-main/core/session/announcements.ts";
import { ManualClock, settle } from "../../builders/manual-clock.ts";

async function collect(announcements: Announcements, signal: AbortSignal, into: Announcement[]): Promise<void> {
  for await (const announcement of announcements.listen(signal)) into.push(announcement);
}

describe("announcements", () => {
  it("tells of many changes of a topic once in a quarter of a second, and of notices at once", async () => {
    const clock = new ManualClock();
    const announcements = new Announcements(clock);
    const controller = new AbortController();
    const seen: Announcement[] = [];
    const done = collect(announcements, controller.signal, seen);
    await settle();
    for (let time = 0; time < 50; time++) announcements.changed("jobs");
    announcements.changed("sites");
    announcements.notice({ key: "k", severity: "info", params: {} });
    await settle();
    expect(seen).toEqual([{ kind: "notice", notice: { key: "k", severity: "info", params: {} } }]);
    await clock.advance(250);
    expect(seen[1]).toEqual({ kind: "changed", topics: ["jobs", "sites"] });
    announcements.changed("jobs");
    await clock.advance(250);
    expect(seen).toHaveLength(3);
    controller.abort();
    await done;
  });

  it("keeps the newest for a page that does not read", async () => {
    const announcements = new Announcements(new ManualClock());
    const controller = new AbortController();
    const listener = announcements.listen(controller.signal);
    const first = listener.next();
    for (let index = 0; index < 500; index++) announcements.openLink(String(index));
    await first;
    const seen: string[] = [];
    for (let index = 0; index < 199; index++) {
      const { value } = await listener.next();
      if (value?.kind === "open-link") seen.push(value.url);
    }
    expect(seen.at(-1)).toBe("499");
    controller.abort();
    expect((await listener.next()).done).toBe(true);
  });

  it("calls back for one topic, coalesced, until that is ended", async () => {
    const clock = new ManualClock();
    const announcements = new Announcements(clock);
    let called = 0;
    const end = announcements.onChanged("sites", () => (called += 1));
    for (let time = 0; time < 50; time++) announcements.changed("sites");
    announcements.changed("jobs");
    await clock.advance(250);
    expect(called).toBe(1);
    announcements.changed("jobs");
    await clock.advance(250);
    end();
    announcements.changed("sites");
    await clock.advance(250);
    expect(called).toBe(1);
  });
});
