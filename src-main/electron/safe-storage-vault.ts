import { z } from "zod";
import type { SecretVault } from "../core/secrets/secret-vault.ts";
import type { ShellSafeStorage } from "./electron-surface.ts";

/** A vault, or why there is none: the key of a text. */
export type VaultOutcome =
  | { readonly vault: SecretVault; readonly reason: null }
  | { readonly vault: null; readonly reason: "desktop.vault.plainText" | "desktop.vault.unavailable" };

/** What is sealed: Electron encrypts a text and binds it to nothing, so the name goes in with the value. */
const sealedSchema = z.object({ context: z.string(), value: z.string() });

/**
 * The system's key store through Electron. On Linux without a keyring Electron falls back to a password that is in its
 * source (`basic_text`): that hides nothing, so it is refused. Only after the app is ready.
 */
export async function openSafeStorageVault(
  storage: ShellSafeStorage,
  platform: NodeJS.Platform,
): Promise<VaultOutcome> {
  if (platform === "linux") {
    const backend = storage.getSelectedStorageBackend?.() ?? "unknown";
    if (backend === "basic_text") return { vault: null, reason: "desktop.vault.plainText" };
    if (backend === "unknown") return { vault: null, reason: "desktop.vault.unavailable" };
  }
  const { isAsyncEncryptionAvailable, encryptStringAsync, decryptStringAsync } = bound(storage);
  if (encryptStringAsync !== undefined && decryptStringAsync !== undefined) {
    const available = (await isAsyncEncryptionAvailable?.().catch(() => false)) ?? false;
    if (!available) return { vault: null, reason: "desktop.vault.unavailable" };
    const open = async (sealed: Buffer) => (await decryptStringAsync(sealed)).result;
    return { vault: safeStorageVault(encryptStringAsync, open), reason: null };
  }
  // Electron before 40 has the synchronous functions only; they are gone from 46 on.
  if (!storage.isEncryptionAvailable()) return { vault: null, reason: "desktop.vault.unavailable" };
  const seal = async (text: string) => storage.encryptString(text);
  return { vault: safeStorageVault(seal, async (sealed) => storage.decryptString(sealed)), reason: null };
}

function safeStorageVault(
  seal: (text: string) => Promise<Buffer>,
  open: (sealed: Buffer) => Promise<string>,
): SecretVault {
  return {
    kind: "keychain",
    seal: (value, context) => seal(JSON.stringify({ context, value })),
    open: async (sealed, context) => {
      const opened = sealedSchema.parse(JSON.parse(await open(Buffer.from(sealed))));
      if (opened.context !== context) throw new Error("sealed under another name");
      return opened.value;
    },
  };
}

function bound(storage: ShellSafeStorage) {
  return {
    isAsyncEncryptionAvailable: storage.isAsyncEncryptionAvailable?.bind(storage),
    encryptStringAsync: storage.encryptStringAsync?.bind(storage),
    decryptStringAsync: storage.decryptStringAsync?.bind(storage),
  };
}
