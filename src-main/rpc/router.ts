import { initTRPC, type AnyTRPCProcedure, type AnyTRPCRouter, type TRPCError } from "@trpc/server";
import { consoleApi, type ConsoleApi } from "../../src-shared/api/console-api.ts";
import {
  callEnvelopeSchema,
  CANCEL_PROCEDURE,
  cancelSchema,
  type CallEnvelope,
} from "../../src-shared/api/door-wire.ts";
import type { DomainContract } from "../../src-shared/api/procedure.ts";
import { AppError, isAppError } from "../../src-shared/errors/app-error.ts";
import type { Logger } from "../core/common/logger.ts";
import type { AdmissionPolicy } from "./admission.ts";
import { answerCall } from "./answer-call.ts";
import { answerStream } from "./answer-stream.ts";
import { internalError } from "./call-failure.ts";
import type { DoorContext } from "./door-connection.ts";
import type { DomainHandlers } from "./handlers.ts";
import type { ServedProcedure } from "./served-procedure.ts";

type ApiTable = Readonly<Record<string, DomainContract>>;

/** One handler for every procedure of every domain. */
export type ApiHandlers<Api extends ApiTable> = { readonly [Domain in keyof Api]: DomainHandlers<Api[Domain]> };
export type ConsoleHandlers = ApiHandlers<ConsoleApi>;

export interface RouterOptions<Api extends ApiTable> extends AdmissionPolicy {
  readonly handlers: ApiHandlers<Api>;
  readonly logger: Logger;
}

/** What the sockets serve: opaque to the shells. */
export type DoorRouter = AnyTRPCRouter;

/** The whole door of the console. */
export function createConsoleRouter(options: RouterOptions<ConsoleApi>): DoorRouter {
  return createRouter(consoleApi, options);
}

/**
 * Builds the router of a table: around each handler protocol, permission, input, audit, output and errors. What is not in
 * the table is not served.
 */
export function createRouter<Api extends ApiTable>(api: Api, options: RouterOptions<Api>): DoorRouter {
  const { logger } = options;
  const trpc = initTRPC.context<DoorContext>().create({
    isDev: false,
    errorFormatter: ({ error, shape, path }) => {
      const failure = isAppError(error.cause) ? error.cause : protocolFailure(error, path ?? "", logger);
      return { code: shape.code, message: failure.code, data: { wire: failure.toWire() } };
    },
  });

  const serve = (procedure: ServedProcedure): AnyTRPCProcedure => {
    const called = trpc.procedure.input(callEnvelopeSchema);
    if (procedure.contract.kind === "stream") {
      return called.subscription(({ input, ctx: { connection }, signal }) =>
        // tRPC gives every subscription over a socket a signal; without one it could not be stopped.
        answerStream(procedure, input.input, connection, signal ?? new AbortController().signal, options, logger),
      );
    }
    const answer = ({ input, ctx: { connection } }: { input: CallEnvelope; ctx: DoorContext }) =>
      connection.run(input.call, (signal) => answerCall(procedure, input.input, connection, signal, options, logger));
    return procedure.contract.kind === "query" ? called.query(answer) : called.mutation(answer);
  };

  const cancel = trpc.procedure
    .input(cancelSchema)
    .mutation(({ input, ctx }) => ({ cancelled: ctx.connection.cancel(input.call) }));

  const procedures: Record<string, AnyTRPCProcedure> = { [CANCEL_PROCEDURE]: cancel };
  for (const procedure of servedProcedures(api, options.handlers)) procedures[procedure.action] = serve(procedure);
  return trpc.router(nested(procedures, (record) => trpc.router(record)));
}

function* servedProcedures<Api extends ApiTable>(api: Api, handlers: ApiHandlers<Api>): Generator<ServedProcedure> {
  for (const [domain, contracts] of Object.entries(api)) {
    for (const [name, contract] of Object.entries(contracts)) {
      // `ApiHandlers` has a function under each name of the table; its types cannot be kept while looping over names.
      const domainHandlers = handlers[domain] as Readonly<Record<string, ServedProcedure["handle"]>>;
      if (domainHandlers[name] === undefined) throw new Error(`no handler for ${domain}.${name}`);
      yield {
        action: `${domain}.${name}`,
        contract,
        handle: (input, context) => domainHandlers[name]?.(input, context),
      };
    }
  }
}

/** tRPC wants a router a domain. */
function nested(
  procedures: Readonly<Record<string, AnyTRPCProcedure>>,
  makeRouter: (record: Record<string, AnyTRPCProcedure>) => AnyTRPCRouter,
): Record<string, AnyTRPCRouter> {
  const domains: Record<string, Record<string, AnyTRPCProcedure>> = {};
  for (const [action, procedure] of Object.entries(procedures)) {
    const [domain = "", name = ""] = action.split(".");
    (domains[domain] ??= {})[name] = procedure;
  }
  return Object.fromEntries(Object.entries(domains).map(([domain, record]) => [domain, makeRouter(record)]));
}

const NOT_A_CALL = new Set(["PARSE_ERROR", "BAD_REQUEST", "METHOD_NOT_SUPPORTED", "UNPROCESSABLE_CONTENT"]);

/** A failure before any handler: a message that is no call. Only a page that is not ours sends one. */
function protocolFailure(error: TRPCError, path: string, logger: Logger): AppError {
  const invalid = (problem: string) => new AppError("request.invalid", { path: path.slice(0, 200), problem });
  if (error.code === "NOT_FOUND") return invalid("no such procedure");
  if (NOT_A_CALL.has(error.code)) return invalid("not a call of this protocol");
  return internalError("the door failed", error, path, logger);
}
