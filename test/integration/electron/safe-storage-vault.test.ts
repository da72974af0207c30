import { describe, expect, test } from "vitest";
import { openSafeStorageVault } from "../../../src-main/electron/safe-storage-vault.ts";
import type { ShellSafeStorage } from "../../../src-main/electron/electron-surface.ts";
import { DoubleSafeStorage } from "../../builders/electron-double.ts";

async function vaultOf(storage: ShellSafeStorage, platform: NodeJS.Platform = "linux") {
  const { vault } = await openSafeStorageVault(storage, platform);
  if (vault === null) throw new Error("no vault");
  return vault;
}

describe("the desktop's key store", () => {
  test("gives back what was sealed, under its name only", async () => {
    const vault = await vaultOf(new DoubleSafeStorage());
    expect(vault.kind).toBe("keychain");
    const sealed = await vault.seal("pässword 密码", "loki");
    await expect(vault.open(sealed, "loki")).resolves.toBe("pässword 密码");
    await expect(vault.open(sealed, "minio")).rejects.toThrow("another name");
    await expect(vault.open(Buffer.from("garbage"), "loki")).rejects.toThrow();
  });

  test("is refused on Linux where Electron would only hide texts with a password of its own", async () => {
    const storage = new DoubleSafeStorage();
    storage.backend = "basic_text";
    expect(await openSafeStorageVault(storage, "linux")).toEqual({ vault: null, reason: "desktop.vault.plainText" });
    storage.backend = "unknown";
    expect(await openSafeStorageVault(storage, "linux")).toEqual({ vault: null, reason: "desktop.vault.unavailable" });
  });

  test("is not asked for its backend elsewhere, where there is no such function", async () => {
    const storage = Object.assign(new DoubleSafeStorage(), { getSelectedStorageBackend: undefined });
    await expect(vaultOf(storage, "darwin")).resolves.toBeDefined();
    await expect(vaultOf(storage, "win32")).resolves.toBeDefined();
    expect((await openSafeStorageVault(storage, "linux")).vault).toBeNull();
  });

  test("is refused when it is locked or fails", async () => {
    const storage = new DoubleSafeStorage();
    storage.available = false;
    expect((await openSafeStorageVault(storage, "darwin")).reason).toBe("desktop.vault.unavailable");
    storage.isAsyncEncryptionAvailable = () => Promise.reject(new Error("no bus"));
    expect((await openSafeStorageVault(storage, "linux")).reason).toBe("desktop.vault.unavailable");
  });

  test("works with the synchronous functions where there are no others", async () => {
    const old: ShellSafeStorage = {
      isEncryptionAvailable: () => true,
      encryptString: (text) => Buffer.from(Buffer.from(text).toReversed()),
      decryptString: (sealed) => Buffer.from(sealed.toReversed()).toString(),
    };
    const vault = await vaultOf(old, "darwin");
    await expect(vault.open(await vault.seal("x", "a"), "a")).resolves.toBe("x");
  });
});
