/**
 * What can be made unreadable on export. `identity-card` is the Chinese resident number with its check character (GB
 * 11643), `bank-card` a number that passes Luhn.
 */
export const REDACTION_PATTERNS = ["identity-card", "bank-card", "phone", "email", "bearer-token"] as const;
export type RedactionPattern = (typeof REDACTION_PATTERNS)[number];
