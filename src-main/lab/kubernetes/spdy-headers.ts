import { constants, createDeflate, createInflate, type Deflate, type Inflate } from "node:zlib";

const WORDS = [
  "options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow",
  "authorization cache-control connection content-base content-encoding content-language content-length content-location",
  "content-md5 content-range content-type date etag expect expires from host if-match if-modified-since if-none-match",
  "if-range if-unmodified-since last-modified location max-forwards pragma proxy-authenticate proxy-authorization range",
  "referer retry-after server te trailer transfer-encoding upgrade user-agent vary via warning www-authenticate method get",
  "status 200_OK version HTTP/1.1 url public set-cookie keep-alive origin",
]
  .join(" ")
  .split(" ")
  .map((word) => word.replace("_", " "));

const PHRASES =
  "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505203 Non-Authoritative Information" +
  "204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden404 Not Found500 Internal Server Error" +
  "501 Not Implemented503 Service UnavailableJan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, " +
  "Fri, Sat, Sun, GMTchunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain," +
  "text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.";

/** The preset dictionary of SPDY/3 (draft-mbelshe-httpbis-spdy-00, 2.6.10.1): length-prefixed words, then phrases. */
export function spdyDictionary(): Buffer {
  const words = WORDS.map((word) => Buffer.concat([uint32(word.length), Buffer.from(word)]));
  return Buffer.concat([...words, Buffer.from(PHRASES)]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Compresses and reads name/value blocks; one zlib stream a direction for the whole connection, so calls must not overlap. */
export class SpdyHeaders {
  private readonly inflate: Inflate = createInflate({ dictionary: spdyDictionary() });
  private readonly deflate: Deflate = createDeflate({ dictionary: spdyDictionary() });

  async read(block: Buffer): Promise<ReadonlyMap<string, string>> {
    const plain = await passed(this.inflate, block);
    const headers = new Map<string, string>();
    let at = 0;
    const text = (): string => {
      const length = plain.readUInt32BE(at);
      at += 4 + length;
      return plain.toString("latin1", at - length, at);
    };
    at = 4;
    for (let left = plain.readUInt32BE(0); left > 0; left -= 1) {
      const name = text();
      headers.set(name.toLowerCase(), text());
    }
    return headers;
  }

  write(headers: Readonly<Record<string, string>>): Promise<Buffer> {
    const pairs = Object.entries(headers).flatMap(([name, value]) => [name, value]);
    const parts = pairs.map((text) => Buffer.concat([uint32(text.length), Buffer.from(text, "latin1")]));
    return passed(this.deflate, Buffer.concat([uint32(pairs.length / 2), ...parts]));
  }

  close(): void {
    this.inflate.destroy();
    this.deflate.destroy();
  }
}

/** Puts bytes through a zlib stream and gives what comes out up to a sync flush. */
function passed(stream: Inflate | Deflate, input: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const output: Buffer[] = [];
    const collect = (piece: Buffer) => output.push(piece);
    stream.once("error", reject);
    stream.on("data", collect);
    stream.write(input);
    stream.flush(constants.Z_SYNC_FLUSH, () => {
      stream.off("data", collect);
      stream.off("error", reject);
      resolve(Buffer.concat(output));
    });
  });
}
