import { archiveErrors } from "./archive.errors.ts";
import type { ErrorDefinition, ErrorParamKind } from "./error-definition.ts";
import { healthErrors } from "./health.errors.ts";
import { identityErrors } from "./identity.errors.ts";
import { logsErrors } from "./logs.errors.ts";
import { lokiErrors } from "./loki.errors.ts";
import { rpcErrors } from "./rpc.errors.ts";
import { sitesErrors } from "./sites.errors.ts";
import { spineErrors } from "./spine.errors.ts";
import { storageErrors } from "./storage.errors.ts";
import { tenantsErrors } from "./tenants.errors.ts";

/** The closed list: every error that can reach a person has its code here and its text in each language. */
export const ERROR_CODES = {
  ...rpcErrors,
  ...sitesErrors,
  ...lokiErrors,
  ...logsErrors,
  ...archiveErrors,
  ...spineErrors,
  ...storageErrors,
  ...healthErrors,
  ...identityErrors,
  ...tenantsErrors,
};

export type ErrorCode = keyof typeof ERROR_CODES;

type ParamValue<Kind extends ErrorParamKind> = Kind extends "string" ? string : number;

/** The parameters that a code's text needs, by name. */
export type ErrorParams<Code extends ErrorCode> = {
  readonly [
    Name in keyof (typeof ERROR_CODES)[Code]["params"]
  ]: (typeof ERROR_CODES)[Code]["params"][Name] extends ErrorParamKind
    ? ParamValue<(typeof ERROR_CODES)[Code]["params"][Name]>
    : never;
};

export function errorDefinition(code: ErrorCode): ErrorDefinition {
  return ERROR_CODES[code];
}

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERROR_CODES, text);
}
