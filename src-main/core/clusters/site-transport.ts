import type { LokiRole } from "../../../src-shared/api/sites.api.ts";
import type { LokiTransport, TransportRequest, TransportResponse, TransportSocket } from "./loki-transport.ts";

/**
 * The transport of a site as others hold it: each request takes the way that the site's configuration means at that moment,
 * so whoever holds it need not know of changes. The real transport belongs to the sites; disposing this does nothing.
 */
export class SiteTransport implements LokiTransport {
  readonly #current: () => Promise<LokiTransport>;
  #last: LokiTransport | null = null;

  constructor(current: () => Promise<LokiTransport>) {
    this.#current = current;
  }

  async request(request: TransportRequest): Promise<TransportResponse> {
    return (await this.#resolve()).request(request);
  }

  async socket(request: Omit<TransportRequest, "method" | "body">): Promise<TransportSocket> {
    return (await this.#resolve()).socket(request);
  }

  describe(role: LokiRole): string {
    return this.#last?.describe(role) ?? role;
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  async #resolve(): Promise<LokiTransport> {
    this.#last = await this.#current();
    return this.#last;
  }
}
