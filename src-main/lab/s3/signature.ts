import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { LabS3Keys } from "./s3-keys.ts";
import { decodePath, header, type S3Call } from "./s3-call.ts";
import { S3Problem } from "./s3-problem.ts";

const REGION = "us-east-1";
const MAX_SKEW_MS = 15 * 60_000;
const ALGORITHM = "AWS4-HMAC-SHA256";

/** What signatures of a body's chunks go on from. */
export interface Signed {
  readonly signature: string;
  readonly date: string;
  readonly scope: string;
  readonly key: Buffer;
}

interface Claim {
  readonly accessKeyId: string;
  readonly day: string;
  readonly region: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly date: string;
  readonly payload: string;
  /** Of a URL that was signed beforehand. */
  readonly presigned: boolean;
}

const HEADER =
  /^AWS4-HMAC-SHA256\s+Credential=([^/,]+)\/(\d{8})\/([^/,]+)\/s3\/aws4_request,\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]{64})$/;

/** Checks a request's signature, version 4. @throws S3Problem as MinIO refuses */
export function verifySignature(call: S3Call, keys: LabS3Keys, nowMs: number): Signed {
  const claim = call.query.has("X-Amz-Signature") ? claimOfQuery(call, nowMs) : claimOfHeader(call);
  const owner = [keys.root, keys.loki].find(({ accessKeyId }) => accessKeyId === claim.accessKeyId);
  if (owner === undefined) throw new S3Problem("InvalidAccessKeyId");
  if (claim.region !== REGION) throw new S3Problem("AuthorizationHeaderMalformed");
  const sentMs = dateMs(claim.date);
  if (!claim.presigned && Math.abs(nowMs - sentMs) > MAX_SKEW_MS) throw new S3Problem("RequestTimeTooSkewed");
  const scope = `${claim.day}/${REGION}/s3/aws4_request`;
  const request = sha256(canonicalRequest(call, claim));
  const key = [claim.day, REGION, "s3", "aws4_request"].reduce<Buffer>(
    (secret, part) => hmac(secret, part),
    Buffer.from(`AWS4${owner.secretAccessKey}`),
  );
  const expected = hmac(key, `${ALGORITHM}\n${claim.date}\n${scope}\n${request}`);
  if (!timingSafeEqual(expected, Buffer.from(claim.signature, "hex"))) throw new S3Problem("SignatureDoesNotMatch");
  return { signature: claim.signature, date: claim.date, scope, key };
}

/** The signature of one chunk of a streamed body, after that of the chunk before. */
export function chunkSignature({ date, scope, key }: Signed, before: string, chunk: Uint8Array): string {
  const text = `${ALGORITHM}-PAYLOAD\n${date}\n${scope}\n${before}\n${sha256("")}\n${sha256(chunk)}`;
  return hmac(key, text).toString("hex");
}

export function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function claimOfHeader(call: S3Call): Claim {
  const text = header(call, "authorization");
  if (text === undefined) throw new S3Problem("AccessDenied");
  const [, accessKeyId = "", day = "", region = "", names = "", signature = ""] = HEADER.exec(text) ?? [];
  if (signature === "")
    throw new S3Problem("AuthorizationHeaderMalformed", "The authorization header that you provided is not valid.");
  const date = header(call, "x-amz-date") ?? "";
  const payload = header(call, "x-amz-content-sha256") ?? sha256("");
  const signedHeaders = names.split(";");
  if (!signedHeaders.includes("host")) throw new S3Problem("SignatureDoesNotMatch");
  return { accessKeyId, day, region, signedHeaders, signature, date, payload, presigned: false };
}

function claimOfQuery({ query }: S3Call, nowMs: number): Claim {
  const [accessKeyId = "", day = "", region = ""] = (query.get("X-Amz-Credential") ?? "").split("/");
  const date = query.get("X-Amz-Date") ?? "";
  const signature = query.get("X-Amz-Signature") ?? "";
  const seconds = Number(query.get("X-Amz-Expires") ?? "0");
  if (!/^[0-9a-f]{64}$/.test(signature)) throw new S3Problem("SignatureDoesNotMatch");
  const endsMs = dateMs(date) + seconds * 1_000;
  if (!Number.isFinite(endsMs) || nowMs > endsMs) throw new S3Problem("AccessDenied", "Request has expired");
  const signedHeaders = (query.get("X-Amz-SignedHeaders") ?? "").split(";");
  return { accessKeyId, day, region, signedHeaders, signature, date, payload: "UNSIGNED-PAYLOAD", presigned: true };
}

function dateMs(date: string): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date) ?? [];
  if (year === undefined) throw new S3Problem("AccessDenied");
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function canonicalRequest(call: S3Call, { signedHeaders, payload }: Claim): string {
  const query = [...call.query]
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)))
    .map(([name, value]) => `${name}=${value}`);
  const path = call.rawPath
    .split("/")
    .map((part) => encode(decodePath(part)))
    .join("/");
  const headers = signedHeaders.map((name) => {
    const value = call.headers[name];
    const text = Array.isArray(value) ? value.join(",") : (value ?? "");
    return `${name}:${text.trim().replace(/ +/g, " ")}\n`;
  });
  return [call.method, path, query.join("&"), headers.join(""), signedHeaders.join(";"), payload].join("\n");
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** As signatures want it: all but letters, digits and `-._~`. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
