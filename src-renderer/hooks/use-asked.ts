import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { CallOptions } from "../../src-shared/api/client.ts";
import type { WireError } from "../../src-shared/errors/wire-error.ts";
import type { DomainName, InputOf, OutputOf, ProcedureName } from "../rpc/procedure-names.ts";
import { useRpc } from "../rpc/rpc-context.tsx";
import { wireErrorOf } from "./wire-error-of.ts";

/** What was answered when it was asked. An error of a later question leaves `data` as it was. */
export interface Asked<Output> {
  readonly data: Output | undefined;
  /** When `data` came, by this machine's clock; 0 before. */
  readonly atMs: number;
  readonly error: WireError | undefined;
  readonly loading: boolean;
  readonly asking: boolean;
  readonly ask: () => void;
}

/**
 * As `useAnswer`, and not asked again whenever its domain's topic announces a change: for what is dear to read, or leaves an
 * audit entry each time. It is asked when the component comes, when a person says so, and every `everyMs`.
 */
export function useAsked<Domain extends DomainName, Name extends ProcedureName<Domain, "query">>(
  domain: Domain,
  name: Name,
  input: InputOf<Domain, Name> | null,
  { everyMs, keepPrevious = false }: { readonly everyMs?: number; readonly keepPrevious?: boolean } = {},
): Asked<OutputOf<Domain, Name>> {
  const { api } = useRpc();
  const query = useQuery<OutputOf<Domain, Name>>({
    queryKey: ["asked", domain, name, input],
    queryFn: ({ signal }) => {
      // `Name` is a query of `Domain` by its type, and `input` and the answer are read from the same table.
      const question = api[domain][name] as unknown as (
        input: InputOf<Domain, Name> | null,
        options: CallOptions,
      ) => Promise<OutputOf<Domain, Name>>;
      return question(input, { signal });
    },
    enabled: input !== null,
    refetchOnMount: "always",
    ...(everyMs === undefined ? {} : { refetchInterval: everyMs }),
    ...(keepPrevious ? { placeholderData: keepPreviousData } : {}),
  });
  return {
    data: query.data,
    atMs: query.dataUpdatedAt,
    error: query.error === null ? undefined : wireErrorOf(query.error),
    loading: query.isLoading,
    asking: query.isFetching,
    ask: () => void query.refetch(),
  };
}
