import type { IncomingMessage } from "node:http";
import { HttpProblem } from "./reply.ts";

/** A request's body as it came; 413 past the bound. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request) {
    // A request without an encoding yields buffers.
    const bytes = piece as Buffer;
    length += bytes.length;
    if (length > maxBytes) throw new HttpProblem(413, "http: request body too large\n");
    pieces.push(bytes);
  }
  return Buffer.concat(pieces, length);
}
