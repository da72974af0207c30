import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import type { TextMatch } from "../../../../src-shared/api/logs.api.ts";
import type { FindSpans } from "../rows/row-layout.ts";
import type { LogsClient, ResultSetView } from "../session/result-set-view.ts";
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

const NO_SNAPSHOT = (): null => null;
const NO_SUBSCRIPTION = (): (() => void) => () => undefined;

/** The search for what is typed, in the rows that are shown; ends when the bar closes (`input: null`). */
export function useFind(client: LogsClient, view: ResultSetView | null, input: FindInput | null): Find {
  const [match, setMatch] = useState<TextMatch | null>(null);
  const [marks, setMarks] = useState<{ readonly spans: FindSpans | null; readonly problem: string | null }>({
    spans: null,
    problem: null,
  });
  const [session, setSession] = useState<FindSession | null>(null);

  const { text, regex, caseSensitive } = input ?? NOTHING_TO_FIND;
  useEffect(() => {
    if (text === "") {
      setMatch(null);
      return undefined;
    }
    const timer = setTimeout(
      () => setMatch({ kind: regex ? "regex" : "literal", pattern: text, caseSensitive }),
      TYPING_PAUSE_MS,
    );
    return () => clearTimeout(timer);
  }, [text, regex, caseSensitive]);

  useEffect(() => {
    let stale = false;
    if (match === null) {
      setMarks({ spans: null, problem: null });
      return undefined;
    }
    void findSpansOf(match).then((found) => {
      if (stale) return;
      setMarks("problem" in found ? { spans: null, problem: found.problem } : { spans: found, problem: null });
    });
    return () => {
      stale = true;
    };
  }, [match]);

  const usable = match !== null && marks.problem === null ? match : null;
  useEffect(() => {
    if (usable === null || view === null) {
      setSession(null);
      return undefined;
    }
    const created = new FindSession(client, view.id, usable);
    setSession(created);
    const unsubscribe = view.subscribe(() => created.grown(view.snapshot.state.rows));
    return () => {
      unsubscribe();
      created[Symbol.dispose]();
    };
  }, [client, view, usable]);

  const snapshot = useSyncExternalStore(
    useMemo(() => (session === null ? NO_SUBSCRIPTION : (listener: () => void) => session.subscribe(listener)), [session]),
    session === null ? NO_SNAPSHOT : () => session.snapshot,
  );
  const step = useCallback(
    async (direction: "next" | "previous", fromRow: number) => (await session?.step(direction, fromRow)) ?? null,
    [session],
  );
  return { match: usable, snapshot, spans: marks.spans, problem: marks.problem, step };
}
