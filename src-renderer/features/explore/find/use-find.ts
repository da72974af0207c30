import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import type { TextMatch } from "../../../../src-shared/api/logs.api.ts";
import type { FindSpans } from "../rows/row-layout.ts";
import type { LogsClient, ResultSetView } from "../session/result-set-view.ts";
import { useDebounced } from "../session/use-debounced.ts";
import { FindSession, type FindSnapshot } from "./find-session.ts";
import { findSpansOf } from "./text-spans.ts";

/** What is typed into the find bar. */
export interface FindInput {
  readonly text: string;
  readonly regex: boolean;
  readonly caseSensitive: boolean;
}

export const NOTHING_TO_FIND: FindInput = { text: "", regex: false, caseSensitive: false };
/** After the last key a search begins; each one is a scan over all rows. */
const TYPING_PAUSE_MS = 150;

export interface Find {
  /** `null` while nothing is searched for. */
  readonly match: TextMatch | null;
  readonly snapshot: FindSnapshot | null;
  readonly spans: FindSpans | null;
  /** What is wrong with the pattern. */
  readonly problem: string | null;
  /** Answers the row of the match. */
  readonly step: (direction: "next" | "previous", fromRow: number) => Promise<number | null>;
}

/** The search for what is typed, in the rows that are shown; ends when the bar closes (`input: null`). */
export function useFind(client: LogsClient, view: ResultSetView | null, input: FindInput | null): Find {
  const typed = input ?? NOTHING_TO_FIND;
  const settled = useDebounced(typed, TYPING_PAUSE_MS);
  const match = useMemo((): TextMatch | null => {
    const { text, regex, caseSensitive } = settled;
    return text === "" ? null : { kind: regex ? "regex" : "literal", pattern: text, caseSensitive };
  }, [settled]);
  const marks = useMarks(match);

  const isUsable = typed.text !== "" && match !== null && marks !== null && marks.problem === null;
  const usable = isUsable ? match : null;
  const session = useMemo(
    () => (usable === null || view === null ? null : new FindSession(client, view.id, usable)),
    [client, view, usable],
  );
  useEffect(() => {
    if (session === null || view === null) return undefined;
    session.start();
    const unsubscribe = view.subscribe(() => session.grown(view.snapshot.state.rows));
    return () => {
      unsubscribe();
      session[Symbol.dispose]();
    };
  }, [session, view]);

  const snapshot = useSyncExternalStore(
    useCallback((listener: () => void) => session?.subscribe(listener) ?? (() => undefined), [session]),
    () => session?.snapshot ?? null,
  );
  const step = useCallback(
    async (direction: "next" | "previous", fromRow: number) => (await session?.step(direction, fromRow)) ?? null,
    [session],
  );
  return {
    match: usable,
    snapshot,
    spans: usable === null ? null : (marks?.spans ?? null),
    problem: typed.text === "" ? null : (marks?.problem ?? null),
    step,
  };
}

interface Marks {
  readonly of: TextMatch;
  readonly spans: FindSpans | null;
  readonly problem: string | null;
}

/** How a match is found in lines; `null` until the engine is here. */
function useMarks(match: TextMatch | null): Marks | null {
  const [marks, setMarks] = useState<Marks | null>(null);
  useEffect(() => {
    let isStale = false;
    if (match === null) return undefined;
    void findSpansOf(match).then((found) => {
      if (isStale) return;
      setMarks(
        "problem" in found
          ? { of: match, spans: null, problem: found.problem }
          : { of: match, spans: found, problem: null },
      );
    });
    return () => {
      isStale = true;
    };
  }, [match]);
  return marks !== null && marks.of === match ? marks : null;
}
