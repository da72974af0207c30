import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { WireError } from "../../../../src-shared/errors/wire-error.ts";
import { jobIdSchema } from "../../../../src-shared/model/ids.ts";
import type { FindingFilter, KeptFinding, ScanSummary } from "../../../../src-shared/model/storage/scan.ts";
import { wireErrorOf } from "../../../hooks/wire-error-of.ts";
import { useRpc } from "../../../rpc/rpc-context.tsx";

const PAGE = 500;

export interface Findings {
  readonly findings: readonly KeptFinding[];
  /** That fit the filter, in all; `undefined` before the first answer. */
  readonly total: number | undefined;
  /** Of all that fit the filter but for its kinds. */
  readonly kinds: ScanSummary["kinds"];
  readonly loading: boolean;
  readonly stale: boolean;
  readonly error: WireError | undefined;
  /** Failed while reading further: what was read stays. */
  readonly partial: boolean;
  readonly readOn: () => void;
  readonly retry: () => void;
}

/** The findings of a scan, worst first, read on as far as one scrolls. */
export function useFindings(scan: string, filter: FindingFilter): Findings {
  const { api } = useRpc();
  const query = useInfiniteQuery({
    queryKey: ["storage", "findings", scan, filter],
    initialPageParam: 0,
    queryFn: ({ pageParam, signal }) =>
      api.storage.findings({ scan: jobIdSchema.parse(scan), filter, offset: pageParam, limit: PAGE }, { signal }),
    getNextPageParam: (last, pages) => {
      const read = pages.reduce((sum, page) => sum + page.findings.length, 0);
      return last.findings.length === 0 || read >= last.total ? undefined : read;
    },
    placeholderData: (before) => before,
  });
  const findings = useMemo(() => query.data?.pages.flatMap((page) => page.findings) ?? [], [query.data]);
  const { fetchNextPage, hasNextPage, isFetching, isFetchNextPageError } = query;
  return {
    findings,
    total: query.data?.pages[0]?.total,
    kinds: query.data?.pages[0]?.kinds ?? {},
    loading: query.isLoading,
    stale: query.isPlaceholderData,
    error: query.error === null ? undefined : wireErrorOf(query.error),
    partial: query.error !== null && findings.length > 0,
    readOn: () => {
      if (hasNextPage && !isFetching && !isFetchNextPageError) void fetchNextPage();
    },
    retry: () => void (isFetchNextPageError ? fetchNextPage() : query.refetch()),
  };
}
