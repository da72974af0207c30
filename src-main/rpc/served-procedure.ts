import type { ProcedureContract } from "../../src-shared/api/procedure.ts";
import type { CallContext } from "./call-context.ts";

/** A procedure with its handler, their types forgotten: the table and `DomainHandlers` have checked that they fit. */
export interface ServedProcedure {
  /** `domain.procedure`. */
  readonly action: string;
  readonly contract: ProcedureContract;
  handle(input: unknown, context: CallContext): unknown;
}
