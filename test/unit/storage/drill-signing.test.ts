import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import { MemorySecretStore } from "../../../src-main/core/secrets/memory-secret-store.ts";
import { canonicalJson } from "../../../src-main/core/storage/drills/canonical-json.ts";
import { keyIdOf, signingKey, signReport, verifyReport } from "../../../src-main/core/storage/drills/report-signing.ts";
import { verifySignedReport } from "../../../src-main/core/storage/drills/verify-signed-report.ts";
import { drillReportOf } from "../../builders/drill-reports.ts";
import { temporaryDirectory } from "../../builders/temporary-directory.ts";

describe("canonical JSON", () => {
  it("is one text for one value, whatever the order of its keys", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(reversed(value))).toBe(text);
      }),
    );
  });
});

describe("a signed report", () => {
  it("verifies from its file, written in any layout, and names the key", async () => {
    using work = temporaryDirectory();
    const signed = await signedReport();
    writeFileSync(work.file("report.json"), JSON.stringify(reversed(JSON.parse(JSON.stringify(signed))), null, 4));
    const read = await verifySignedReport(work.file("report.json"));
    expect(read.report.drill).toEqual(signed.report.drill);
    expect(read.signature.keyId).toBe(keyIdOf(signed.signature.publicKey));
  });

  it("is forged when any one value in it is another", async () => {
    const signed: unknown = JSON.parse(JSON.stringify(await signedReport()));
    const places = leaves(signed).filter((path) => path[0] === "report");
    expect(places.length).toBeGreaterThan(50);
    fc.assert(
      fc.property(fc.constantFrom(...places), (path) => {
        const text = JSON.stringify(withChanged(signed, path));
        expect(() => verifyReport(text, "report.json")).toThrow("recovery.report-forged");
      }),
    );
  });

  it("is forged when something was added that this version knows nothing of", async () => {
    const signed = await signedReport();
    const text = JSON.stringify({ ...signed, report: { ...signed.report, note: "all was well" } });
    expect(() => verifyReport(text, "report.json")).toThrow("recovery.report-forged");
  });

  it("is forged when it says that another key signed it", async () => {
    const signed = await signedReport();
    const { publicKey } = generateKeyPairSync("ed25519");
    const other = publicKey.export({ format: "der", type: "spki" }).toString("base64");
    const swapped = { ...signed.signature, publicKey: other, keyId: keyIdOf(other) };
    expect(() => verifyReport(JSON.stringify({ ...signed, signature: swapped }), "r")).toThrow("report-forged");
    const named = { ...signed.signature, keyId: keyIdOf(other) };
    expect(() => verifyReport(JSON.stringify({ ...signed, signature: named }), "r")).toThrow("report-forged");
    const broken = { ...signed.signature, publicKey: "AAAA", keyId: keyIdOf("AAAA") };
    expect(() => verifyReport(JSON.stringify({ ...signed, signature: broken }), "r")).toThrow("report-forged");
  });

  it("is none when the file is anything else", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => verifyReport(text, "report.json")).toThrow("recovery.report-forged");
      }),
    );
  });

  it("is signed with one key of the profile, from the first drill on", async () => {
    const secrets = new MemorySecretStore("a test", systemClock);
    const first = signReport(drillReportOf(), await signingKey(secrets));
    const second = signReport(drillReportOf(), await signingKey(secrets));
    expect(second.signature.publicKey).toBe(first.signature.publicKey);
    expect(JSON.stringify(await secrets.list())).not.toContain("PRIVATE");
  });
});

async function signedReport() {
  return signReport(drillReportOf(), await signingKey(new MemorySecretStore("a test", systemClock)));
}

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, member]) => [key, reversed(member)]),
  );
}

type Path = readonly (string | number)[];

function leaves(value: unknown, at: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [at];
  return Object.entries(value).flatMap(([key, member]) => leaves(member, [...at, key]));
}

function withChanged(value: unknown, [first, ...rest]: Path): unknown {
  if (first === undefined) return typeof value === "number" ? value + 1 : `${String(value)}x`;
  const copy = Array.isArray(value) ? [...value] : { ...(value as Record<string, unknown>) };
  return Object.assign(copy, { [first]: withChanged((copy as Record<string, unknown>)[String(first)], rest) });
}
