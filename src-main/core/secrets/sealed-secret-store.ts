import { randomBytes } from "node:crypto";
import { z } from "zod";
import type { SecretInfo } from "../../../src-shared/api/secrets.api.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { secretRefSchema, type SecretRef } from "../../../src-shared/model/ids.ts";
import type { Clock } from "../common/clock.ts";
import { loadJsonFile, saveJsonFile, type JsonFileFormat } from "../common/json-file.ts";
import type { Logger } from "../common/logger.ts";
import { secretFingerprint } from "./secret-fingerprint.ts";
import type { SecretStore } from "./secret-store.ts";
import type { SecretVault } from "./secret-vault.ts";

const contentSchema = z.object({
  fingerprintKey: z.string(),
  secrets: z.array(
    z.object({ ref: secretRefSchema, sealed: z.string(), fingerprint: z.string(), changedAtMs: z.number() }),
  ),
});
type Content = z.infer<typeof contentSchema>;

/** Secrets on disk, each sealed by the vault and bound to its name; the file is useless without the vault. */
export class SealedSecretStore implements SecretStore {
  readonly kind: "keychain" | "sealed-file";
  readonly reason = null;
  readonly #file: string;
  readonly #vault: SecretVault;
  readonly #clock: Clock;
  readonly #format: JsonFileFormat<Content>;
  #content: Content;
  #writing: Promise<void> = Promise.resolve();

  constructor(file: string, vault: SecretVault, clock: Clock, logger: Logger) {
    this.#file = file;
    this.#vault = vault;
    this.#clock = clock;
    this.kind = vault.kind;
    const empty: Content = { fingerprintKey: randomBytes(32).toString("base64"), secrets: [] };
    this.#format = { schema: contentSchema, version: 1, migrations: [], empty };
    const { content, broken } = loadJsonFile(file, this.#format, clock.nowMs());
    if (broken !== null) logger.warn("secret file set aside", { ...broken.params });
    this.#content = content;
  }

  async list(): Promise<readonly SecretInfo[]> {
    return this.#content.secrets.map(({ ref, fingerprint, changedAtMs }) => ({ ref, fingerprint, changedAtMs }));
  }

  async put(ref: SecretRef, value: string): Promise<SecretInfo> {
    const sealed = Buffer.from(await this.#vault.seal(value, ref)).toString("base64");
    const fingerprint = secretFingerprint(Buffer.from(this.#content.fingerprintKey, "base64"), value);
    const changedAtMs = this.#clock.nowMs();
    await this.#change((secrets) => [
      ...secrets.filter((secret) => secret.ref !== ref),
      { ref, sealed, fingerprint, changedAtMs },
    ]);
    return { ref, fingerprint, changedAtMs };
  }

  async get(ref: SecretRef): Promise<string | null> {
    const secret = this.#content.secrets.find((candidate) => candidate.ref === ref);
    if (secret === undefined) return null;
    try {
      return await this.#vault.open(Buffer.from(secret.sealed, "base64"), ref);
    } catch (error) {
      throw new AppError("secrets.unavailable", { problem: `${ref} was sealed with another key` }, { cause: error });
    }
  }

  async remove(ref: SecretRef): Promise<boolean> {
    const known = this.#content.secrets.some((secret) => secret.ref === ref);
    if (known) await this.#change((secrets) => secrets.filter((secret) => secret.ref !== ref));
    return known;
  }

  /** One change after the other, each on what the one before left. */
  async #change(change: (secrets: Content["secrets"]) => Content["secrets"]): Promise<void> {
    const turn = this.#writing.then(async () => {
      const next = { ...this.#content, secrets: change(this.#content.secrets) };
      await saveJsonFile(this.#file, this.#format, next);
      this.#content = next;
    });
    // A failed change is told to its own caller; the next one starts from what is on disk.
    this.#writing = turn.catch(() => undefined);
    await turn;
  }
}
