import { QueryClient } from "@tanstack/react-query";
import { RemoteError } from "../../src-shared/errors/remote-error.ts";
import type { ConnectionStore } from "./connection-state.ts";

/** Tries of a query after the first. The core does its own retrying against clusters; this is for the connection to it. */
const RETRIES = 2;

/**
 * The cache of what the core answered. Nothing grows old by itself: `session.events` says what changed. A query that the
 * connection took away is asked again as soon as the connection is back, and so is everything on screen.
 */
export function createQueryClient(connection: ConnectionStore): QueryClient {
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        // The core is on this machine, or behind this page: whether the system has a network does not matter.
        networkMode: "always",
        retry: (failures, error) =>
          failures < RETRIES &&
          error instanceof RemoteError &&
          error.wire.retryable &&
          error.wire.code !== "rpc.disconnected",
      },
      mutations: { networkMode: "always", retry: false },
    },
  });
  connection.subscribe((after, before) => {
    if (after.openings > 1 && after.openings !== before.openings) void client.invalidateQueries();
  });
  return client;
}
