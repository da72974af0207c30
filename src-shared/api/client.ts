import type { z } from "zod";
import type { ProcedureContract, DomainContract } from "./procedure.ts";

export interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface StreamObserver<Output> {
  readonly onData: (output: Output) => void;
  readonly onError: (error: unknown) => void;
  /** The server ended the stream; never called after `unsubscribe` or `onError`. */
  readonly onEnd?: () => void;
}

export interface Subscription {
  unsubscribe(): void;
}

type ProcedureClient<Contract> =
  Contract extends ProcedureContract<infer Kind, infer Input, infer Output>
    ? Kind extends "stream"
      ? (input: z.input<Input>, observer: StreamObserver<z.output<Output>>) => Subscription
      : (input: z.input<Input>, options?: CallOptions) => Promise<z.output<Output>>
    : never;

/** The callable side of a table of procedures, for the page, the CLI and tests. Failures reject with a `RemoteError`. */
export type ApiClient<Api extends Readonly<Record<string, DomainContract>>> = {
  readonly [Domain in keyof Api]: {
    readonly [Name in keyof Api[Domain]]: ProcedureClient<Api[Domain][Name]>;
  };
};
