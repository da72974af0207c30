import { pipeline, type Readable } from "node:stream";
import { createBrotliDecompress, createInflate, createGunzip, createZstdDecompress } from "node:zlib";
import { HttpBodyError } from "../../common/http-body-error.ts";

/**
 * The body as plain bytes, by the answer's `content-encoding` alone. What the encoding's name promises and the bytes do not
 * hold fails while reading, as `undecodable`.
 */
export function decodedBody(body: Readable, contentEncoding: string): Readable {
  const encodings = contentEncoding
    .toLowerCase()
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "" && name !== "identity");
  let decoded = body;
  for (const encoding of encodings.toReversed()) {
    const decoder = decoderFor(encoding);
    // The failure of any stage reaches the reader through the last one, which `pipeline` destroys with it.
    decoded = pipeline(decoded, decoder, () => {});
  }
  return decoded;
}

function decoderFor(encoding: string) {
  switch (encoding) {
    case "gzip":
    case "x-gzip":
      return createGunzip();
    case "deflate":
      return createInflate();
    case "br":
      return createBrotliDecompress();
    case "zstd":
      return createZstdDecompress();
    default:
      throw new HttpBodyError("undecodable", `content-encoding ${encoding.slice(0, 40)}`);
  }
}

/**
 * Reads a body to its end, at most `maxBytes` of it after decoding: past that the connection is cut and the reading fails
 * with `too-long`. `onPiece` is called with every piece, for an idle timer.
 */
export async function readBody(
  body: Readable,
  maxBytes: number,
  onPiece: () => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body as AsyncIterable<Uint8Array>) {
    onPiece();
    length += piece.byteLength;
    if (length > maxBytes) {
      body.destroy();
      throw new HttpBodyError("too-long", `body longer than ${maxBytes} bytes`);
    }
    pieces.push(piece);
  }
  // Not pooled: the buffer is handed over to a worker thread whole.
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.byteLength;
  }
  return whole;
}
