import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { crc32 as zlibCrc32 } from "node:zlib";
import { header, type S3Call } from "./s3-call.ts";
import { S3Problem } from "./s3-problem.ts";
import { chunkSignature, sha256, type Signed } from "./signature.ts";

/** What one request may carry: the lab's memory is not a disk. */
export const MAX_BODY_BYTES = 128 * 1024 * 1024;

/** Reads a request's body and checks it against every checksum that came with it. @throws S3Problem */
export async function readCallBody(request: IncomingMessage, call: S3Call, signed: Signed): Promise<Buffer> {
  const sent = await readAll(request);
  const payload = header(call, "x-amz-content-sha256") ?? "UNSIGNED-PAYLOAD";
  const streamed = payload.startsWith("STREAMING-");
  const { body, trailers } = streamed ? unchunk(sent, payload, signed) : { body: sent, trailers: {} };
  if (!streamed && payload !== "UNSIGNED-PAYLOAD" && payload !== sha256(body))
    throw new S3Problem("XAmzContentSHA256Mismatch");
  const length = header(call, "x-amz-decoded-content-length");
  if (length !== undefined && Number(length) !== body.length) throw new S3Problem("IncompleteBody");
  checkMd5(header(call, "content-md5"), body);
  await checkSums({ ...plainHeaders(call), ...trailers }, body);
  return body;
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request) {
    // A request without an encoding yields buffers.
    const bytes = piece as Buffer;
    length += bytes.length;
    if (length > MAX_BODY_BYTES) throw new S3Problem("EntityTooLarge");
    pieces.push(bytes);
  }
  // A copy of its own size: a piece of Node's pool would hold its neighbours for as long as the object is kept.
  const body = Buffer.allocUnsafeSlow(length);
  let at = 0;
  for (const piece of pieces) at += piece.copy(body, at);
  return body;
}

interface Unchunked {
  readonly body: Buffer;
  readonly trailers: Readonly<Record<string, string>>;
}

/** `aws-chunked`: hexadecimal size, `;chunk-signature=…` where chunks are signed, the bytes; at last trailers. */
function unchunk(sent: Buffer, payload: string, signed: Signed): Unchunked {
  const parts: Buffer[] = [];
  const checked = payload.startsWith("STREAMING-AWS4-HMAC-SHA256");
  let before = signed.signature;
  let at = 0;
  for (;;) {
    const end = sent.indexOf("\r\n", at);
    const head = end < 0 || end - at > 300 ? "" : sent.toString("latin1", at, end);
    const [, size, signature] = /^([0-9a-fA-F]{1,8})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(head) ?? [];
    if (size === undefined) throw new S3Problem("IncompleteBody");
    const length = Number.parseInt(size, 16);
    const chunk = sent.subarray(end + 2, end + 2 + length);
    if (chunk.length < length) throw new S3Problem("IncompleteBody");
    if (checked) {
      const expected = chunkSignature(signed, before, chunk);
      if (signature !== expected) throw new S3Problem("SignatureDoesNotMatch");
      before = expected;
    }
    at = end + 2 + length;
    if (length === 0) break;
    parts.push(chunk);
    at += 2;
  }
  const lines = sent.toString("latin1", at).split("\r\n");
  const trailers = lines.flatMap((line) => {
    const colon = line.indexOf(":");
    return colon < 0 ? [] : [[line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const];
  });
  return { body: Buffer.concat(parts), trailers: Object.fromEntries(trailers) };
}

function plainHeaders({ headers }: S3Call): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (typeof value === "string" ? [[name, value] as const] : [])),
  );
}

function checkMd5(expected: string | undefined, body: Buffer): void {
  if (expected === undefined) return;
  if (Buffer.from(expected, "base64").length !== 16) throw new S3Problem("InvalidDigest");
  if (createHash("md5").update(body).digest("base64") !== expected) throw new S3Problem("BadDigest");
}

/** `x-amz-checksum-*`; `crc64nvme` is taken as it is. */
async function checkSums(given: Readonly<Record<string, string>>, body: Buffer): Promise<void> {
  const differs = (name: string, value: () => string) => {
    const expected = given[`x-amz-checksum-${name}`];
    return expected !== undefined && expected !== value();
  };
  const wrong =
    differs("crc32", () => word(zlibCrc32(body))) ||
    differs("sha1", () => createHash("sha1").update(body).digest("base64")) ||
    differs("sha256", () => createHash("sha256").update(body).digest("base64"));
  if (wrong) throw new S3Problem("XAmzContentChecksumMismatch");
  if (given["x-amz-checksum-crc32c"] === undefined) return;
  const { crc32c } = await import("@node-rs/crc32");
  if (differs("crc32c", () => word(crc32c(body)))) throw new S3Problem("XAmzContentChecksumMismatch");
}

function word(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes.toString("base64");
}
