/**
 * What seals and opens a secret: the desktop's keychain (Electron `safeStorage`) or a key of the operator's. `context` binds
 * a sealed value to its name, so that one cannot be put in another's place.
 */
export interface SecretVault {
  readonly kind: "keychain" | "sealed-file";
  seal(value: string, context: string): Promise<Uint8Array>;
  /** Rejects when the bytes were not sealed by this vault for this context. */
  open(sealed: Uint8Array, context: string): Promise<string>;
}
