import { keepPreviousData, useMutation, useQueryClient } from "@tanstack/react-query";
import type { WireError } from "../../src-shared/errors/wire-error.ts";
import type { DomainName, InputOf, OutputOf, ProcedureName } from "../rpc/procedure-names.ts";
import { useRpc } from "../rpc/rpc-context.tsx";
import { useRpcQuery } from "../rpc/use-rpc-query.ts";
import { wireErrorOf } from "./wire-error-of.ts";

/** The states of an answer. `stale` is true while a newer answer is being fetched; `data` stays meanwhile. */
export interface Answer<Output> {
  readonly data: Output | undefined;
  readonly error: WireError | undefined;
  readonly loading: boolean;
  readonly stale: boolean;
  readonly retry: () => void;
}

/**
 * What the core answers to a query. Kept until its domain's topic announces a change (`session.events`), then asked again.
 * `input: null` asks nothing yet.
 */
export function useAnswer<Domain extends DomainName, Name extends ProcedureName<Domain, "query">>(
  domain: Domain,
  name: Name,
  input: InputOf<Domain, Name> | null,
  options: { readonly keepPrevious?: boolean } = {},
): Answer<OutputOf<Domain, Name>> {
  // Safe: `null` is never sent, for the query is then disabled.
  const query = useRpcQuery(domain, name, input as InputOf<Domain, Name>, {
    enabled: input !== null,
    ...(options.keepPrevious === true ? { placeholderData: keepPreviousData } : {}),
  });
  return {
    data: query.data,
    error: query.error === null ? undefined : wireErrorOf(query.error),
    loading: query.isLoading,
    stale: query.isFetching && !query.isLoading,
    retry: () => void query.refetch(),
  };
}

/** A command about to be given, running, or refused. */
export interface Change<Input, Output> {
  readonly run: (input: Input) => Promise<Output>;
  /** As `run`, for handlers: the failure is in `error` and nowhere else. */
  readonly fire: (input: Input) => void;
  readonly pending: boolean;
  readonly error: WireError | undefined;
  readonly data: Output | undefined;
  readonly reset: () => void;
}

/** A command of the core. When it succeeds, what was answered in its domain is asked again. */
export function useChange<Domain extends DomainName, Name extends ProcedureName<Domain, "command">>(
  domain: Domain,
  name: Name,
): Change<InputOf<Domain, Name>, OutputOf<Domain, Name>> {
  const { api } = useRpc();
  const queries = useQueryClient();
  const mutation = useMutation<OutputOf<Domain, Name>, Error, InputOf<Domain, Name>>({
    mutationFn: (input) => {
      // `Name` is a command of `Domain` by its type, and `input` and the answer are read from the same table.
      const command = api[domain][name] as unknown as (input: InputOf<Domain, Name>) => Promise<OutputOf<Domain, Name>>;
      return command(input);
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: [domain] }),
  });
  return {
    run: mutation.mutateAsync,
    fire: mutation.mutate,
    pending: mutation.isPending,
    error: mutation.error === null ? undefined : wireErrorOf(mutation.error),
    data: mutation.data,
    reset: mutation.reset,
  };
}
