export const GATE_FORMATS = ["text", "json", "sarif", "junit"] as const;

export interface GateCommandOptions {
  readonly format: (typeof GATE_FORMATS)[number];
  readonly suppressions?: string;
}
