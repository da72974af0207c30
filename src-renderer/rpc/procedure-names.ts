import type { z } from "zod";
import type { ConsoleApi } from "../../src-shared/api/console-api.ts";
import type { ProcedureContract } from "../../src-shared/api/procedure.ts";

export type DomainName = keyof ConsoleApi;

/** The procedures of one kind in a domain. */
export type ProcedureName<Domain extends DomainName, Kind extends "query" | "command" | "stream"> = {
  [Name in keyof ConsoleApi[Domain]]: ConsoleApi[Domain][Name] extends ProcedureContract<Kind> ? Name : never;
}[keyof ConsoleApi[Domain]] &
  string;

export type InputOf<
  Domain extends DomainName,
  Name extends keyof ConsoleApi[Domain],
> = ConsoleApi[Domain][Name] extends ProcedureContract ? z.input<ConsoleApi[Domain][Name]["input"]> : never;

export type OutputOf<
  Domain extends DomainName,
  Name extends keyof ConsoleApi[Domain],
> = ConsoleApi[Domain][Name] extends ProcedureContract ? z.output<ConsoleApi[Domain][Name]["output"]> : never;
