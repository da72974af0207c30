import { useQuery, type UseQueryOptions, type UseQueryResult } from "@tanstack/react-query";
import type { CallOptions } from "../../src-shared/api/client.ts";
import type { RemoteError } from "../../src-shared/errors/remote-error.ts";
import type { DomainName, InputOf, OutputOf, ProcedureName } from "./procedure-names.ts";
import { useRpc } from "./rpc-context.tsx";

type QueryOptions<Output> = Omit<UseQueryOptions<Output, RemoteError>, "queryKey" | "queryFn">;

/** What the core answers to a query, kept under `[domain, name, input]`; leaving the component cancels it in the core. */
export function useRpcQuery<Domain extends DomainName, Name extends ProcedureName<Domain, "query">>(
  domain: Domain,
  name: Name,
  input: InputOf<Domain, Name>,
  options: QueryOptions<OutputOf<Domain, Name>> = {},
): UseQueryResult<OutputOf<Domain, Name>, RemoteError> {
  const { api } = useRpc();
  return useQuery<OutputOf<Domain, Name>, RemoteError>({
    ...options,
    queryKey: [domain, name, input ?? null],
    queryFn: ({ signal }) => {
      // `Name` is a query of `Domain` by its type, and `input` and the answer are read from the same table.
      const ask = api[domain][name] as unknown as (
        input: InputOf<Domain, Name>,
        options: CallOptions,
      ) => Promise<OutputOf<Domain, Name>>;
      return ask(input, { signal });
    },
  });
}
