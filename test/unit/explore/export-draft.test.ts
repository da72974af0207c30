import { describe, expect, it } from "vitest";
import { exportRequestSchema } from "../../../src-shared/api/exports.api.ts";
import { secretRefSchema, siteIdSchema } from "../../../src-shared/model/ids.ts";
import { tenantIdSchema } from "../../../src-shared/model/tenant-id.ts";
import { credentialsText, newSecretRef } from "../../../src-renderer/components/s3-credentials.ts";
import {
  emptyDraft,
  exportProblems,
  requestOf,
  suggestedName,
  type ExportDraft,
} from "../../../src-renderer/features/explore/export/export-draft.ts";
import type { RunPlan } from "../../../src-renderer/features/explore/session/run-plan.ts";

const plan: RunPlan = {
  target: { kind: "loki", site: siteIdSchema.parse("lab"), tenant: tenantIdSchema.parse("retail-bank") },
  query: '{app="payments"}',
  range: { startNs: "1763630047000000000", endNs: "1763633647123456789" },
  direction: "backward",
  limit: 5_000,
  kind: "logs",
};
const s3: ExportDraft = { ...emptyDraft(plan, 4), to: "s3", bucket: "evidence" };

describe("an export's draft", () => {
  it("begins as a request that the door takes, over the whole range and without the screen's limit", () => {
    const draft = emptyDraft(plan, 4);
    expect(exportProblems(draft, true)).toEqual({});
    const request = requestOf(plan, draft, null);
    expect(exportRequestSchema.parse(request)).toMatchObject({
      query: '{app="payments"}',
      range: { startNs: 1_763_630_047_000_000_000n, endNs: 1_763_633_647_123_456_789n },
      destination: { kind: "folder", path: "retail-bank-20251120-0914" },
      linesPerSecond: null,
      parallel: 4,
      redact: [],
    });
    expect(JSON.stringify(request)).not.toContain("5000");
  });

  it("suggests a name that every file system takes, whatever the tenant is called", () => {
    const target = {
      kind: "loki",
      site: siteIdSchema.parse("lab"),
      tenant: tenantIdSchema.parse("acme's (eu)"),
    } as const;
    expect(suggestedName({ ...plan, target })).toBe("acme-s-eu--20251120-0914");
  });

  it("leaves out of a bucket's place what was not filled in", () => {
    expect(requestOf(plan, { ...s3, region: " ", endpoint: "" }, null).destination).toEqual({
      kind: "s3",
      place: { bucket: "evidence", prefix: "retail-bank-20251120-0914/" },
    });
  });

  it("names the credentials by their secret and holds no secret itself", () => {
    const draft: ExportDraft = {
      ...s3,
      credentials: "new",
      accessKeyId: "AKIA ",
      secretAccessKey: "top-secret",
      endpoint: "https://s3.example:9000",
      caFile: "/etc/ca.pem",
    };
    const ref = newSecretRef("evidence", "2f1c");
    expect(ref).toBe("s3.evidence.2f1c");
    const request = requestOf(plan, draft, ref);
    expect(exportRequestSchema.parse(request).destination).toEqual({
      kind: "s3",
      place: {
        endpoint: "https://s3.example:9000",
        caFile: "/etc/ca.pem",
        bucket: "evidence",
        prefix: "retail-bank-20251120-0914/",
        credentials: secretRefSchema.parse("s3.evidence.2f1c"),
      },
    });
    expect(JSON.stringify(request)).not.toContain("top-secret");
    expect(JSON.parse(credentialsText(draft))).toEqual({ accessKeyId: "AKIA", secretAccessKey: "top-secret" });
    expect(JSON.parse(credentialsText({ ...draft, sessionToken: "t" }))).toHaveProperty("sessionToken", "t");
  });

  it.each<[string, Partial<ExportDraft>, object]>([
    ["no folder", { to: "folder", folder: " " }, { folder: "required" }],
    ["no bucket", { bucket: "" }, { bucket: "required" }],
    ["a bucket that S3 does not allow", { bucket: "Evidence_1" }, { bucket: "bucket" }],
    ["an endpoint that is no URL", { endpoint: "s3.example:9000" }, { endpoint: "url" }],
    ["a prefix without end", { prefix: "x".repeat(513) }, { prefix: "tooLong" }],
    [
      "credentials that were not entered",
      { credentials: "new" },
      { accessKeyId: "required", secretAccessKey: "required" },
    ],
    ["a kept secret that was not chosen", { credentials: "kept" }, { secret: "credentials" }],
    ["more parts than allowed", { parallel: 17 }, { parallel: "parallel" }],
    ["no parts", { parallel: null }, { parallel: "parallel" }],
    ["a limit of nothing", { limited: true, linesPerSecond: 0 }, { linesPerSecond: "number" }],
  ])("says beside the field what is wrong: %s", (_, part, problems) => {
    expect(exportProblems({ ...s3, ...part }, true)).toEqual(problems);
  });

  it("does not ask a bucket's fields of an export into a folder", () => {
    expect(exportProblems({ ...s3, to: "folder", bucket: "", endpoint: "nonsense" }, true)).toEqual({});
  });

  it("tells who may not keep secrets to choose one that is kept", () => {
    const draft: ExportDraft = { ...s3, credentials: "new", accessKeyId: "a", secretAccessKey: "b" };
    expect(exportProblems(draft, false)).toEqual({ secret: "noSecrets" });
  });

  it("sends the rate only where one was set", () => {
    const limited: ExportDraft = { ...emptyDraft(plan, 4), linesPerSecond: 500 };
    expect(requestOf(plan, limited, null).linesPerSecond).toBeNull();
    expect(requestOf(plan, { ...limited, limited: true }, null).linesPerSecond).toBe(500);
  });
});
