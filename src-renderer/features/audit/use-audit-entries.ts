import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { AuditEntry } from "../../../src-shared/api/audit.api.ts";
import type { WireError } from "../../../src-shared/errors/wire-error.ts";
import { wireErrorOf } from "../../hooks/wire-error-of.ts";
import { useRpc } from "../../rpc/rpc-context.tsx";

const PAGE = 200;

export interface AuditFilter {
  readonly contains: string;
  readonly auditClass: AuditEntry["auditClass"] | "all";
}

export interface AuditEntries {
  readonly entries: readonly AuditEntry[];
  /** Entries in all that fit the filter; `undefined` before the first answer. */
  readonly total: number | undefined;
  readonly loading: boolean;
  readonly error: WireError | undefined;
  /** Failed while reading further: what was read stays. */
  readonly partial: boolean;
  readonly readOn: () => void;
  readonly retry: () => void;
}

/** The chain, newest first, read on as far as one scrolls. */
export function useAuditEntries(filter: AuditFilter): AuditEntries {
  const { api } = useRpc();
  const query = useInfiniteQuery({
    queryKey: ["audit", "list", filter],
    initialPageParam: null as number | null,
    queryFn: ({ pageParam, signal }) =>
      api.audit.list(
        {
          limit: PAGE,
          ...(pageParam === null ? {} : { before: pageParam }),
          ...(filter.contains === "" ? {} : { contains: filter.contains }),
          ...(filter.auditClass === "all" ? {} : { auditClass: filter.auditClass }),
        },
        { signal },
      ),
    getNextPageParam: (last) => (last.entries.length < PAGE ? undefined : last.entries.at(-1)?.sequence),
    placeholderData: (before) => before,
  });
  const entries = useMemo(() => query.data?.pages.flatMap((page) => page.entries) ?? [], [query.data]);
  const { fetchNextPage, hasNextPage, isFetching, isFetchNextPageError } = query;
  return {
    entries,
    total: query.data?.pages[0]?.total,
    loading: query.isLoading,
    error: query.error === null ? undefined : wireErrorOf(query.error),
    partial: query.error !== null && entries.length > 0,
    readOn: () => {
      if (hasNextPage && !isFetching && !isFetchNextPageError) void fetchNextPage();
    },
    retry: () => void (isFetchNextPageError ? fetchNextPage() : query.refetch()),
  };
}
