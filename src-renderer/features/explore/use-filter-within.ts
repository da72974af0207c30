import { useCallback } from "react";
import type { TextMatch } from "../../../src-shared/api/logs.api.ts";
import type { WireError } from "../../../src-shared/errors/wire-error.ts";
import { wireErrorOf } from "../../hooks/wire-error-of.ts";
import type { ExploreSession } from "./session/explore-session.ts";
import type { LogsClient, ResultSetView } from "./session/result-set-view.ts";

/** Keeps only the rows that match, as a set of its own in front of the result. Answers why it could not. */
export function useFilterWithin(
  client: LogsClient,
  session: ExploreSession,
  view: ResultSetView,
): (match: TextMatch, title: string) => Promise<WireError | null> {
  return useCallback(
    async (match, title) => {
      try {
        session.showFiltered(await client.filter({ set: view.id, match }), title);
        return null;
      } catch (error) {
        return wireErrorOf(error);
      }
    },
    [client, session, view],
  );
}
