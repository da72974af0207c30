import { randomBytes } from "node:crypto";
import type { SecretInfo } from "../../../src-shared/api/secrets.api.ts";
import type { SecretRef } from "../../../src-shared/model/ids.ts";
import type { Clock } from "../common/clock.ts";
import { secretFingerprint } from "./secret-fingerprint.ts";
import type { SecretStore } from "./secret-store.ts";

/** Forgets everything at exit. What is left when nothing on this machine can protect a secret. */
export class MemorySecretStore implements SecretStore {
  readonly kind = "memory";
  readonly reason: string;
  readonly #clock: Clock;
  readonly #key = randomBytes(32);
  readonly #values = new Map<SecretRef, { readonly value: string; readonly changedAtMs: number }>();

  constructor(reason: string, clock: Clock) {
    this.reason = reason;
    this.#clock = clock;
  }

  async list(): Promise<readonly SecretInfo[]> {
    return [...this.#values].map(([ref, secret]) => this.#info(ref, secret));
  }

  async put(ref: SecretRef, value: string): Promise<SecretInfo> {
    const secret = { value, changedAtMs: this.#clock.nowMs() };
    this.#values.set(ref, secret);
    return this.#info(ref, secret);
  }

  async get(ref: SecretRef): Promise<string | null> {
    return this.#values.get(ref)?.value ?? null;
  }

  async remove(ref: SecretRef): Promise<boolean> {
    return this.#values.delete(ref);
  }

  #info(ref: SecretRef, secret: { readonly value: string; readonly changedAtMs: number }): SecretInfo {
    return { ref, fingerprint: secretFingerprint(this.#key, secret.value), changedAtMs: secret.changedAtMs };
  }
}
