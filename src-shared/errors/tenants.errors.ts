import { defineErrors } from "./error-definition.ts";

/** Query costs and quotas. `ledger` is a file, or host, port and name of a database: never its password. */
export const tenantsErrors = defineErrors({
  "tenants.ledger-unreachable": {
    category: "unreachable",
    retryable: true,
    params: { ledger: "string", problem: "string" },
  },
  "tenants.ledger-failed": { category: "internal", retryable: false, params: { ledger: "string", problem: "string" } },
  /** Told, not thrown: the file was set aside under `keptAs`, and a new one begun. */
  "tenants.ledger-damaged": {
    category: "integrity",
    retryable: false,
    params: { file: "string", keptAs: "string", problem: "string" },
  },
});
