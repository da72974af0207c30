import type { z } from "zod";
import type { DomainContract, ProcedureContract } from "../../src-shared/api/procedure.ts";
import type { CallContext } from "./call-context.ts";

type ProcedureHandler<Contract> =
  Contract extends ProcedureContract<infer Kind, infer Input, infer Output>
    ? Kind extends "stream"
      ? (input: z.output<Input>, context: CallContext) => AsyncIterable<z.input<Output>>
      : (input: z.output<Input>, context: CallContext) => Promise<z.input<Output>>
    : never;

/**
 * The server's side of a domain's table: one handler a procedure, nothing else. Permission, audit, validation and error
 * mapping happen around it, in `router.ts`.
 */
export type DomainHandlers<Domain extends DomainContract> = {
  readonly [Name in keyof Domain]: ProcedureHandler<Domain[Name]>;
};
