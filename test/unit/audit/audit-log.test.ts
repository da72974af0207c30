import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hasCode } from "../../../src-shared/errors/app-error.ts";
import { AuditLog } from "../../../src-main/core/audit/audit-log.ts";
import { verifyAuditLog } from "../../../src-main/core/audit/audit-verify.ts";
import { ManualClock } from "../../builders/manual-clock.ts";
import { RecordingAnnouncer } from "../../builders/recording-announcer.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const RECORD = {
  principal: "ada",
  role: "operator",
  action: "sites.save",
  auditClass: "change",
  subject: { site: "x" },
} as const;

function openLog(file: string): AuditLog {
  return new AuditLog(file, new ManualClock(), new RecordingAnnouncer());
}

async function logOf(file: string, entries: number): Promise<AuditLog> {
  const log = openLog(file);
  for (let index = 0; index < entries; index++) await log.note({ ...RECORD, subject: { index } }, "succeeded", null);
  return log;
}

function tamper(file: string, sql: string): void {
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
}

describe("audit log", () => {
  it("chains a beginning and its end, and finds itself intact", async () => {
    using directory = temporaryDirectory();
    using log = openLog(directory.file("audit.db"));
    const sequence = await log.begin(RECORD);
    await log.end(sequence, "failed", "sites.unknown");
    const { entries, total } = log.list({ limit: 10 });
    expect(total).toBe(2);
    expect(entries[0]).toMatchObject({ of: sequence, outcome: "failed", error: "sites.unknown", action: "sites.save" });
    expect(entries[0]?.previousHash).toBe(entries[1]?.hash);
    expect(verifyAuditLog(log)).toMatchObject({ intact: true, entries: 2 });
  });

  it.each([
    ["a changed entry", "UPDATE entries SET body = replace(body, 'ada', 'eve') WHERE sequence = 3", 3, "hash"],
    ["a removed entry", "DELETE FROM entries WHERE sequence = 3", 3, "gap"],
    ["cut-off entries", "DELETE FROM entries WHERE sequence > 3", 4, "truncated"],
    ["an entry that is no JSON", "UPDATE entries SET body = '{' WHERE sequence = 2", 2, "unreadable"],
  ])("finds %s and where it is", async (_what, sql, sequence, kind) => {
    using directory = temporaryDirectory();
    const file = directory.file("audit.db");
    (await logOf(file, 5))[Symbol.dispose]();
    tamper(file, sql);
    using log = openLog(file);
    expect(verifyAuditLog(log)).toMatchObject({ intact: false, broken: { sequence, kind } });
  });

  it("finds an entry that was rewritten together with its own hash", async () => {
    using directory = temporaryDirectory();
    const file = directory.file("audit.db");
    (await logOf(file, 5))[Symbol.dispose]();
    tamper(
      file,
      `UPDATE entries SET body = (SELECT replace(replace(body, '"sequence":4', '"sequence":2'), 'x', 'x') FROM entries WHERE sequence = 4) WHERE sequence = 2`,
    );
    using log = openLog(file);
    expect(verifyAuditLog(log)).toMatchObject({ intact: false, broken: { sequence: 2, kind: "link" } });
  });

  it("keeps one chain when two connections write by turns", async () => {
    using directory = temporaryDirectory();
    using window = openLog(directory.file("audit.db"));
    using command = openLog(directory.file("audit.db"));
    for (let turn = 0; turn < 10; turn++) await (turn % 2 === 0 ? window : command).note(RECORD, "succeeded", null);
    expect(verifyAuditLog(window)).toMatchObject({ intact: true, entries: 10 });
  });

  it("takes secrets out before it hashes, whatever the subject's keys and values", async () => {
    using directory = temporaryDirectory();
    using log = openLog(directory.file("audit.db"));
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean())),
        async (subject) => {
          await log.note({ ...RECORD, subject: { ...subject, apiToken: "planted-secret" } }, "succeeded", null);
        },
      ),
      { numRuns: 50 },
    );
    expect(log.list({ limit: 500, contains: "planted-secret" }).total).toBe(0);
    expect(verifyAuditLog(log).intact).toBe(true);
  });

  it("stays whole when a subject has a key that readers of JSON leave out", async () => {
    using directory = temporaryDirectory();
    using log = openLog(directory.file("audit.db"));
    await log.note({ ...RECORD, subject: { ["__proto__"]: "polluted", site: "main" } }, "succeeded", null);
    expect(verifyAuditLog(log)).toMatchObject({ intact: true, entries: 1 });
    expect(log.list({ limit: 1 }).entries[0]?.subject).toEqual({ '"__proto__"': "polluted", site: "main" });
  });

  it("fails with audit.write-failed when the entry cannot be written", async () => {
    using directory = temporaryDirectory();
    const file = directory.file("audit.db");
    using log = openLog(file);
    tamper(file, "DROP TABLE entries");
    await expect(log.begin(RECORD)).rejects.toSatisfy((error) => hasCode(error, "audit.write-failed"));
  });

  it("filters by class and text, a LIKE wildcard being just a character", async () => {
    using directory = temporaryDirectory();
    using log = openLog(directory.file("audit.db"));
    await log.note({ ...RECORD, subject: { site: "100%" } }, "succeeded", null);
    await log.note({ ...RECORD, auditClass: "access", subject: { site: "plain" } }, "succeeded", null);
    expect(log.list({ limit: 10, contains: "100%" }).total).toBe(1);
    expect(log.list({ limit: 10, contains: "%" }).total).toBe(1);
    expect(log.list({ limit: 10, auditClass: "access" }).entries).toMatchObject([{ subject: { site: "plain" } }]);
    expect(log.list({ limit: 10, before: 2 }).entries).toMatchObject([{ sequence: 1 }]);
  });
});
