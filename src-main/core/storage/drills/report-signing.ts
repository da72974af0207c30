import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
  type KeyObject,
} from "node:crypto";
import {
  signedDrillReportSchema,
  type DrillReport,
  type SignedDrillReport,
} from "../../../../src-shared/model/storage/recovery.ts";
import { secretRefSchema } from "../../../../src-shared/model/ids.ts";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import type { SecretStore } from "../../secrets/secret-store.ts";
import { canonicalJson } from "./canonical-json.ts";

const SIGNING_KEY = secretRefSchema.parse("drills.signing-key");
const KEY_ID_DIGITS = 16;

/** The key that this profile signs reports with; made at the first drill, and never shown. */
export async function signingKey(secrets: Pick<SecretStore, "get" | "put">): Promise<KeyObject> {
  const kept = await secrets.get(SIGNING_KEY);
  if (kept !== null) return createPrivateKey(kept);
  const { privateKey } = generateKeyPairSync("ed25519");
  await secrets.put(SIGNING_KEY, privateKey.export({ format: "pem", type: "pkcs8" }).toString());
  return privateKey;
}

/** First 16 hex digits of the SHA-256 of a public key, SPKI in base64. */
export function keyIdOf(publicKey: string): string {
  return createHash("sha256").update(Buffer.from(publicKey, "base64")).digest("hex").slice(0, KEY_ID_DIGITS);
}

export function signReport(report: DrillReport, privateKey: KeyObject): SignedDrillReport {
  const publicKey = createPublicKey(privateKey).export({ format: "der", type: "spki" }).toString("base64");
  const value = sign(null, Buffer.from(canonicalJson(report)), privateKey).toString("base64");
  return { report, signature: { algorithm: "Ed25519", publicKey, keyId: keyIdOf(publicKey), value } };
}

/**
 * Reads a signed report and checks its signature over everything in it, also over what this version knows nothing of. Who
 * holds the key is not said by that: the caller compares `keyId` with keys it trusts. `file` is for the error alone.
 * @throws AppError `recovery.report-forged`
 */
export function verifyReport(text: string, file: string): SignedDrillReport {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw forged(file, "no JSON", error);
  }
  const parsed = signedDrillReportSchema.safeParse(raw);
  if (!parsed.success) throw forged(file, "no signed report", parsed.error);
  const { signature } = parsed.data;
  if (keyIdOf(signature.publicKey) !== signature.keyId) throw forged(file, "the key is not the one that is named");
  let signed: boolean;
  try {
    const key = createPublicKey({ key: Buffer.from(signature.publicKey, "base64"), format: "der", type: "spki" });
    if (key.asymmetricKeyType !== "ed25519") throw forged(file, "no Ed25519 key");
    signed = verify(null, Buffer.from(canonicalJson(reportOf(raw))), key, Buffer.from(signature.value, "base64"));
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw forged(file, "the signature cannot be read", error);
  }
  if (!signed) throw forged(file, "the signature is of something else");
  return parsed.data;
}

/** As it was written: a schema drops what it does not know, and that is signed as well. */
function reportOf(raw: unknown): unknown {
  return typeof raw === "object" && raw !== null && "report" in raw ? raw.report : null;
}

function forged(file: string, problem: string, cause?: unknown): AppError {
  return new AppError("recovery.report-forged", { file, problem }, cause === undefined ? {} : { cause });
}
