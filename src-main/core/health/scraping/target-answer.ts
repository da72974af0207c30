import type { TransportResponse } from "../../clusters/loki-transport.ts";
import type { TargetAnswer } from "./scrape-target.ts";

/** Reads an answer to its end. Rejects with what the transport makes of a body that is too long or breaks off. */
export async function targetAnswer(answer: TransportResponse, maxBytes: number): Promise<TargetAnswer> {
  const bytes = await answer.bytes(maxBytes);
  return {
    status: answer.status,
    contentType: answer.headers["content-type"] ?? "",
    body: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  };
}
