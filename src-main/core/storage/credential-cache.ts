import type { S3Credentials, S3StoreOptions } from "./s3-store-options.ts";

/** Read anew so long before they end: a request takes a while. */
const BEFORE_END_MS = 5 * 60_000;
/** Where credentials are wrong and stay so, every request is refused; whoever gives them is not asked for each. */
const REREAD_AFTER_MS = 5_000;

/** A bucket's credentials for as long as they hold. */
export class CredentialCache {
  readonly #options: Pick<S3StoreOptions, "credentials" | "clock">;
  #reading: Promise<S3Credentials> | null = null;
  #reads = 0;
  #readAtMs = 0;
  #endsAtMs = Number.POSITIVE_INFINITY;

  constructor(options: Pick<S3StoreOptions, "credentials" | "clock">) {
    this.#options = options;
  }

  /** Rejects with what whoever gives them rejects with; the next request asks again. */
  async get(): Promise<S3Credentials> {
    const nowMs = this.#options.clock.nowMs();
    if (this.#reading === null || nowMs >= this.#endsAtMs - BEFORE_END_MS) {
      this.#readAtMs = nowMs;
      this.#reads += 1;
      this.#endsAtMs = Number.POSITIVE_INFINITY;
      this.#reading = this.#read();
    }
    return await this.#reading;
  }

  /** Which ones a request that begins now has at the oldest. */
  get generation(): number {
    return this.#reads;
  }

  /** Those of `generation` were refused. Whether it is worth another try, since there are newer ones or they are read anew. */
  refused(generation: number): boolean {
    if (generation !== this.#reads) return true;
    if (this.#options.clock.nowMs() - this.#readAtMs < REREAD_AFTER_MS) return false;
    this.#reading = null;
    return true;
  }

  async #read(): Promise<S3Credentials> {
    try {
      const credentials = await this.#options.credentials();
      this.#endsAtMs = credentials.expiration?.getTime() ?? Number.POSITIVE_INFINITY;
      return credentials;
    } catch (error) {
      this.#reading = null;
      throw error;
    }
  }
}
