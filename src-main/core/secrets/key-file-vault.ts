import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import type { SecretVault } from "./secret-vault.ts";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const MIN_KEY_BYTES = 32;

/**
 * AES-256-GCM under a key from a file (`KUBEMATE_SECRET_KEY_FILE`), for a headless console: a mounted Kubernetes secret or
 * a file of the service's own user. Sealed bytes are nonce (12), tag (16), ciphertext.
 */
export function createKeyFileVault(keyFile: string): SecretVault {
  const key = readKey(keyFile);
  return {
    kind: "sealed-file",
    seal: async (value, context) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(context));
      const body = Buffer.concat([cipher.update(value, "utf8"), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]);
    },
    open: async (sealed, context) => {
      const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, NONCE_BYTES))
        .setAAD(Buffer.from(context))
        .setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      const body = sealed.subarray(NONCE_BYTES + TAG_BYTES);
      return Buffer.concat([decipher.update(body), decipher.final()]).toString("utf8");
    },
  };
}

function readKey(keyFile: string): Buffer {
  let material: Buffer;
  try {
    const mode = statSync(keyFile).mode;
    if (process.platform !== "win32" && (mode & 0o077) !== 0) {
      throw new AppError("secrets.unavailable", { problem: `${keyFile}: mode ${(mode & 0o777).toString(8)}, not 600` });
    }
    material = readFileSync(keyFile);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError("secrets.unavailable", { problem: `${keyFile}: ${String(error)}` }, { cause: error });
  }
  if (material.length < MIN_KEY_BYTES) {
    throw new AppError("secrets.unavailable", { problem: `${keyFile}: fewer than ${MIN_KEY_BYTES} bytes` });
  }
  return Buffer.from(hkdfSync("sha256", material, "kubemate", "secret store v1", 32));
}
