import { useQuery } from "@tanstack/react-query";
import type { WireError } from "../../../../src-shared/errors/wire-error.ts";
import type { KeptFinding } from "../../../../src-shared/model/storage/scan.ts";
import { wireErrorOf } from "../../../hooks/wire-error-of.ts";
import { useRpc } from "../../../rpc/rpc-context.tsx";
import { NO_FILTER } from "./finding-filter.ts";
import { readFindings } from "./read-all-findings.ts";

export interface FoundFinding {
  /** `null`: the scan has no such finding. `undefined`: not known yet. */
  readonly finding: KeptFinding | null | undefined;
  readonly error: WireError | undefined;
  readonly retry: () => void;
}

/** The finding that an address names: one of those that are listed, or looked for among all of the scan. */
export function useFinding(scan: string, id: string, listed: readonly KeptFinding[]): FoundFinding {
  const { api } = useRpc();
  const known = listed.find((one) => one.id === id);
  const query = useQuery({
    queryKey: ["storage", "finding", scan, id],
    queryFn: async ({ signal }) => {
      const read = await readFindings(api, scan, NO_FILTER, signal, (one) => one.id === id);
      return read.find((one) => one.id === id) ?? null;
    },
    enabled: known === undefined,
  });
  return {
    finding: known ?? query.data,
    error: known === undefined && query.error !== null ? wireErrorOf(query.error) : undefined,
    retry: () => void query.refetch(),
  };
}
