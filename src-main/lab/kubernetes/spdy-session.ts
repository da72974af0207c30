import type { Duplex } from "node:stream";
import { SpdyHeaders } from "./spdy-headers.ts";

const SYN_STREAM = 1;
const SYN_REPLY = 2;
const RST_STREAM = 3;
const PING = 6;
const GOAWAY = 7;
const WINDOW_UPDATE = 9;
const FLAG_FIN = 1;
const HEADER_BYTES = 8;
const MAX_FRAME_BYTES = 2 ** 24;

/** A stream that the client opened. */
export interface SpdyStream {
  readonly id: number;
  readonly headers: ReadonlyMap<string, string>;
}

export interface SpdyHandlers {
  readonly opened: (stream: SpdyStream) => void;
  readonly data: (id: number, data: Buffer) => void;
  /** The client will send no more on it. */
  readonly ended: (id: number) => void;
  readonly reset: (id: number) => void;
}

/**
 * The server's side of a SPDY/3.1 connection, as far as Kubernetes uses it: streams opened by the client, data both ways,
 * pings. Frames are handled one after another, since header blocks share one compression state.
 */
export class SpdySession {
  private readonly connection: Duplex;
  private readonly handlers: SpdyHandlers;
  private readonly headers = new SpdyHeaders();
  private rest: Buffer = Buffer.alloc(0);
  private work: Promise<void> = Promise.resolve();

  constructor(connection: Duplex, handlers: SpdyHandlers) {
    this.connection = connection;
    this.handlers = handlers;
    connection.on("data", (data: Buffer) => {
      this.work = this.work.then(() => this.take(data)).catch(() => this.close());
    });
    connection.once("close", () => this.headers.close());
    // A reset connection also closes; there is nobody to tell.
    connection.on("error", () => {});
  }

  /** Sends data on a stream; false when the client is slow to take it. */
  send(id: number, data: Buffer): boolean {
    return this.connection.write(Buffer.concat([dataHeader(id, 0, data.length), data]));
  }

  /** Ends our side of a stream. */
  end(id: number): void {
    if (!this.connection.destroyed) this.connection.write(dataHeader(id, FLAG_FIN, 0));
  }

  onDrain(callback: () => void): void {
    this.connection.once("drain", callback);
  }

  close(): void {
    this.connection.destroy();
  }

  private async take(data: Buffer): Promise<void> {
    this.rest = this.rest.length === 0 ? data : Buffer.concat([this.rest, data]);
    while (this.rest.length >= HEADER_BYTES) {
      const length = this.rest.readUIntBE(5, 3);
      if (length > MAX_FRAME_BYTES || this.rest.length < HEADER_BYTES + length) return;
      const frame = this.rest.subarray(0, HEADER_BYTES + length);
      this.rest = this.rest.subarray(HEADER_BYTES + length);
      await this.handle(frame);
    }
  }

  private async handle(frame: Buffer): Promise<void> {
    const payload = frame.subarray(HEADER_BYTES);
    const flags = frame[4] ?? 0;
    if (((frame[0] ?? 0) & 0x80) === 0) {
      const id = frame.readUInt32BE(0);
      if (payload.length > 0) {
        this.handlers.data(id, payload);
        this.writeControl(WINDOW_UPDATE, pair(id, payload.length));
        this.writeControl(WINDOW_UPDATE, pair(0, payload.length));
      }
      if ((flags & FLAG_FIN) !== 0) this.handlers.ended(id);
      return;
    }
    const type = frame.readUInt16BE(2);
    if (type === SYN_STREAM) {
      const id = payload.readUInt32BE(0);
      const headers = await this.headers.read(payload.subarray(10));
      const block = await this.headers.write({});
      this.writeControl(SYN_REPLY, Buffer.concat([single(id), block]));
      this.handlers.opened({ id, headers });
      if ((flags & FLAG_FIN) !== 0) this.handlers.ended(id);
    } else if (type === PING) this.writeControl(PING, payload);
    else if (type === RST_STREAM) this.handlers.reset(payload.readUInt32BE(0));
    else if (type === GOAWAY) this.connection.end();
  }

  private writeControl(type: number, payload: Buffer): void {
    if (this.connection.destroyed) return;
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt16BE(0x8003, 0);
    header.writeUInt16BE(type, 2);
    header.writeUIntBE(payload.length, 5, 3);
    this.connection.write(Buffer.concat([header, payload]));
  }
}

function dataHeader(id: number, flags: number, length: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32BE(id, 0);
  header[4] = flags;
  header.writeUIntBE(length, 5, 3);
  return header;
}

function single(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function pair(first: number, second: number): Buffer {
  return Buffer.concat([single(first), single(second)]);
}
