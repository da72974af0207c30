import type { SecretRef } from "../../../src-shared/model/ids.ts";
import type { SecretInfo } from "../../../src-shared/api/secrets.api.ts";

/**
 * Where passwords and tokens are kept. Values go in over the door and are read only inside the main process. Never plain
 * text on disk: a store that cannot protect them keeps them in memory and says so.
 */
export interface SecretStore {
  readonly kind: "keychain" | "sealed-file" | "memory";
  /** Why it is only `memory`, for a person. */
  readonly reason: string | null;
  list(): Promise<readonly SecretInfo[]>;
  put(ref: SecretRef, value: string): Promise<SecretInfo>;
  /** `null` when there is none. */
  get(ref: SecretRef): Promise<string | null>;
  remove(ref: SecretRef): Promise<boolean>;
}
