import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { hasCode } from "../../../src-shared/errors/app-error.ts";
import { secretRefSchema } from "../../../src-shared/model/ids.ts";
import { createKeyFileVault } from "../../../src-main/core/secrets/key-file-vault.ts";
import { MemorySecretStore } from "../../../src-main/core/secrets/memory-secret-store.ts";
import { SealedSecretStore } from "../../../src-main/core/secrets/sealed-secret-store.ts";
import type { SecretStore } from "../../../src-main/core/secrets/secret-store.ts";
import { ManualClock } from "../../builders/manual-clock.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";
import { temporaryDirectory, type TemporaryDirectory } from "../../builders/temporary-directory.ts";

const LOKI = secretRefSchema.parse("site:prod:password");
const OTHER = secretRefSchema.parse("site:test:password");

function keyFile(directory: TemporaryDirectory, name = "key", fill = 7): string {
  const file = directory.file(name);
  writeFileSync(file, Buffer.alloc(32, fill), { mode: 0o600 });
  return file;
}

function sealedStore(directory: TemporaryDirectory, key = keyFile(directory)): SealedSecretStore {
  return new SealedSecretStore(
    directory.file("secrets.json"),
    createKeyFileVault(key),
    new ManualClock(),
    new RecordingLogger(),
  );
}

const STORES: readonly (readonly [string, (directory: TemporaryDirectory) => SecretStore])[] = [
  ["memory", () => new MemorySecretStore("no keychain", new ManualClock())],
  ["sealed file", sealedStore],
];

describe.each(STORES)("secret store: %s", (_name, create) => {
  it("gives back what was put, replaces it, and forgets it", async () => {
    using directory = temporaryDirectory();
    const store = create(directory);
    expect(await store.get(LOKI)).toBeNull();
    await store.put(LOKI, "hunter2");
    await store.put(LOKI, "hunter3 – 密码");
    await store.put(OTHER, "x");
    expect(await store.get(LOKI)).toBe("hunter3 – 密码");
    expect((await store.list()).map(({ ref }) => ref).sort()).toEqual([LOKI, OTHER].sort());
    expect(await store.remove(LOKI)).toBe(true);
    expect(await store.remove(LOKI)).toBe(false);
    expect(await store.get(LOKI)).toBeNull();
  });

  it("tells equal values from different ones by fingerprint and shows neither", async () => {
    using directory = temporaryDirectory();
    const store = create(directory);
    const first = await store.put(LOKI, "hunter2");
    const same = await store.put(OTHER, "hunter2");
    const changed = await store.put(OTHER, "hunter3");
    expect(same.fingerprint).toBe(first.fingerprint);
    expect(changed.fingerprint).not.toBe(first.fingerprint);
    expect(JSON.stringify(await store.list())).not.toContain("hunter");
  });

  it("loses no put of several at once", async () => {
    using directory = temporaryDirectory();
    const store = create(directory);
    const refs = Array.from({ length: 20 }, (_, index) => secretRefSchema.parse(`ref-${index}`));
    await Promise.all(refs.map((ref) => store.put(ref, `value of ${ref}`)));
    expect(await Promise.all(refs.map((ref) => store.get(ref)))).toEqual(refs.map((ref) => `value of ${ref}`));
  });
});

describe("sealed secret store", () => {
  it("survives a restart, and the file holds nothing readable", async () => {
    using directory = temporaryDirectory();
    const key = keyFile(directory);
    await sealedStore(directory, key).put(LOKI, "hunter2");
    expect(readFileSync(directory.file("secrets.json"), "utf8")).not.toContain("hunter2");
    expect(await sealedStore(directory, key).get(LOKI)).toBe("hunter2");
  });

  it("refuses with another key, and a value moved to another name", async () => {
    using directory = temporaryDirectory();
    await sealedStore(directory).put(LOKI, "hunter2");
    const foreign = sealedStore(directory, keyFile(directory, "other", 9));
    await expect(foreign.get(LOKI)).rejects.toSatisfy((error) => hasCode(error, "secrets.unavailable"));
    const file = directory.file("secrets.json");
    writeFileSync(file, readFileSync(file, "utf8").replace(LOKI, OTHER));
    await expect(sealedStore(directory).get(OTHER)).rejects.toSatisfy((error) => hasCode(error, "secrets.unavailable"));
  });

  it("refuses a key file that others may read, or that is too short to be a key", () => {
    using directory = temporaryDirectory();
    const open = keyFile(directory);
    chmodSync(open, 0o644);
    expect(() => createKeyFileVault(open)).toThrow(/secrets\.unavailable.*644/);
    writeFileSync(directory.file("short"), "short", { mode: 0o600 });
    expect(() => createKeyFileVault(directory.file("short"))).toThrow(/fewer than 32 bytes/);
  });
});
