import type { LokiRole } from "../../../src-shared/api/sites.api.ts";

export interface TransportRequest {
  readonly role: LokiRole;
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Absolute path of Loki's API, without the site's prefix: `/loki/api/v1/query_range`. */
  readonly path: string;
  readonly query?: URLSearchParams;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal: AbortSignal;
  /** Until the first byte of the answer, and between two pieces of its body. Milliseconds. */
  readonly timeoutMs: number;
}

/** An answer as it came. Redirects are not followed; the body is not decompressed by guess but by its content-encoding. */
export interface TransportResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Whoever asks must read it to the end or cancel it. Reading stops with `loki.bad-response` past `maxBytes`. */
  bytes(maxBytes: number): Promise<Uint8Array>;
  cancel(): Promise<void>;
}

/** A WebSocket as the transport opened it. Text frames only. */
export interface TransportSocket {
  onMessage(listener: (text: string) => void): void;
  /** Called once. `code` 1006 means that it was cut without a closing frame. */
  onClose(listener: (close: { readonly code: number; readonly reason: string }) => void): void;
  /** Stops reading from the network until `resume`, so that back-pressure reaches Loki. */
  pause(): void;
  resume(): void;
  close(): void;
}

/**
 * The way to one site's Loki: direct, through the API server's proxy, or through a port-forward. It knows credentials and
 * routes; it knows nothing of tenants or of Loki's answers. Failures to reach are `loki.unreachable`, `loki.tls`,
 * `loki.timed-out`, or the errors of `cluster.*`, `plugin.*` and `forward.*` where a cluster is in the way.
 */
export interface LokiTransport extends AsyncDisposable {
  request(request: TransportRequest): Promise<TransportResponse>;
  /** Rejects when the server answers anything but 101; `loki.tail-refused` carries its text. */
  socket(request: Omit<TransportRequest, "method" | "body">): Promise<TransportSocket>;
  /** What a person would call this way: `https://loki.example:3100`, `proxy loki/loki-query-frontend:3100`. */
  describe(role: LokiRole): string;
}
