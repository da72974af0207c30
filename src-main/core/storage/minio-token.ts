import { createHmac } from "node:crypto";
import type { S3Credentials } from "./s3-store-options.ts";

const LIFE_SECONDS = 300;

/**
 * The bearer token that MinIO's metrics want unless they are public: a JWT (RFC 7519) as `mc admin prometheus generate` makes
 * it, signed HS512 with the secret key. It tells nothing of the secret, and ends after minutes.
 */
export function minioToken({ accessKeyId, secretAccessKey }: S3Credentials, nowMs: number): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { exp: Math.floor(nowMs / 1_000) + LIFE_SECONDS, sub: accessKeyId, iss: "prometheus" };
  const signed = `${part({ alg: "HS512", typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${createHmac("sha512", secretAccessKey).update(signed).digest("base64url")}`;
}
