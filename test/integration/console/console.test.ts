import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { execFileSync, spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { auditEntrySchema } from "../../../src-shared/api/audit.api.ts";
import { hasCode } from "../../../src-shared/errors/app-error.ts";
import { secretRefSchema, type JobId } from "../../../src-shared/model/ids.ts";
import { auditExportInput } from "../../../src-main/core/audit/audit-export.job.ts";
import { auditHash, GENESIS_HASH } from "../../../src-main/core/audit/audit-hash.ts";
import type { Console } from "../../../src-main/core/console.ts";
import { supportBundleInput } from "../../../src-main/core/support/support-bundle.job.ts";
import { consoleIn } from "../../builders/open-console.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

const exported = z.object({ file: z.string(), entries: z.number(), sha256: z.string() });
const bundled = z.object({ file: z.string(), files: z.array(z.string()) });

/** Python unpacks the bundle, as a stranger would; where it is missing, only CI insists on it. */
const hasPython = spawnSync("python3", ["--version"]).status === 0;

function whenEnded(opened: Console, id: JobId): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const check = () => {
      const job = opened.jobs.get(id);
      if (job.state === "succeeded") resolve(job.output);
      else if (job.state === "failed") reject(new Error(job.error?.code));
      else return;
      stop();
    };
    const stop = opened.jobs.onChange(check);
    check();
  });
}

describe("the console as a whole", () => {
  it("exports an audit chain that anyone can check again", async () => {
    using profile = temporaryDirectory();
    await using opened = await consoleIn(profile);
    const { audit, clock } = opened.base;
    const record = { principal: "ada", role: "admin", action: "sites.save", auditClass: "change" } as const;
    for (let index = 0; index < 1_203; index++) await audit.note({ ...record, subject: { index } }, "succeeded", null);
    const id = opened.jobs.submit(
      opened.auditExport,
      auditExportInput(profile.file("exports"), audit, clock.nowMs()),
      "ada",
    );
    const output = exported.parse(await whenEnded(opened, id));
    const text = readFileSync(output.file, "utf8");
    expect(createHash("sha256").update(text).digest("hex")).toBe(output.sha256);
    const entries = text
      .trimEnd()
      .split("\n")
      .map((line) => auditEntrySchema.parse(JSON.parse(line)));
    expect(entries).toHaveLength(1_203);
    let previous = GENESIS_HASH;
    for (const entry of entries) {
      expect(entry.previousHash).toBe(previous);
      expect(auditHash(entry)).toBe(entry.hash);
      previous = entry.hash;
    }
  });

  it.runIf(hasPython || process.env["CI"] === "true")(
    "makes a support bundle without a secret in it, whole or not at all",
    async () => {
      using profile = temporaryDirectory();
      await using opened = await consoleIn(profile);
      const { secrets, logger, clock } = opened.base;
      await secrets.put(secretRefSchema.parse("site:prod:password"), "planted-secret");
      logger.error("refused", new Error("Authorization: Bearer planted-secret-token"), { password: "planted-secret" });
      const input = supportBundleInput(profile.file("exports"), clock.nowMs());
      const output = bundled.parse(await whenEnded(opened, opened.jobs.submit(opened.supportBundle, input, "ada")));
      expect(output.files).toEqual(
        expect.arrayContaining(["about.json", "settings.json", "sites.json", "audit.json", "logs/console.ndjson"]),
      );
      const unpacked = execFileSync("python3", ["-c", READ_ZIP, output.file], { encoding: "utf8" });
      expect(unpacked).toContain("refused");
      expect(unpacked).toContain("0.0.0-test");
      expect(unpacked).not.toContain("planted-secret");
      expect(readdirSync(profile.file("exports")).filter((name) => name.endsWith(".partial"))).toEqual([]);
    },
  );

  it("lets go of the profile when it is closed, and refuses a second console until then", async () => {
    using profile = temporaryDirectory();
    const first = await consoleIn(profile);
    await expect(consoleIn(profile)).rejects.toSatisfy((error) => hasCode(error, "profile.in-use"));
    await first[Symbol.asyncDispose]();
    await using second = await consoleIn(profile);
    expect(second.jobs.list(null, 10)).toEqual([]);
    expect(existsSync(profile.file("lab.kubeconfig"))).toBe(false);
  });

  it("starts the lab only when somebody wants it, and reads its logs through the door's own path", async () => {
    using profile = temporaryDirectory();
    await using opened = await consoleIn(profile);
    expect(opened.lab.status().running).toBe(false);
    const { sites } = await opened.sites.list();
    const lab = sites.find(({ kind }) => kind === "lab");
    if (lab === undefined) throw new Error("no lab");
    const { tenants } = await opened.sites.tenants(lab.id, new AbortController().signal);
    expect(tenants.map(({ from }) => from)).toEqual(["lab", "lab", "lab", "lab"]);
    expect(opened.lab.status().running).toBe(true);
  });
});

const READ_ZIP =
  "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\nfor n in z.namelist(): print(n, z.read(n).decode())";
