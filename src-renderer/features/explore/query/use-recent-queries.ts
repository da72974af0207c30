import { useMemo, useRef } from "react";
import { useAnswer } from "../../../hooks/use-answer.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import type { MenuEntry } from "../floating/menu-button.tsx";
import { stepQuery, type QueryStep } from "./query-history.ts";

const KEPT = 50;

export interface RecentQueries {
  readonly entries: readonly MenuEntry[];
  /** A step back (-1) or forth in what was asked lately. */
  readonly step: (step: -1 | 1) => void;
}

/** What was asked lately, the newest first; picking one puts it into the editor, without running it. */
export function useRecentQueries(draft: string, onDraft: (draft: string) => void): RecentQueries {
  const formats = useFormats();
  const { data } = useAnswer("queries", "list", { kind: "recent", limit: KEPT });
  const place = useRef<QueryStep | null>(null);
  return useMemo(() => {
    const queries = (data ?? []).map(({ query }) => query);
    return {
      entries: (data ?? []).map(({ id, query, tenant, usedAtMs }) => ({
        id,
        label: query.replaceAll("\n", " "),
        detail: `${tenant} · ${formats.dateTime(usedAtMs)}`,
        run: () => onDraft(query),
      })),
      step: (step) => {
        const next = stepQuery(queries, place.current, draft, step);
        if (next === null) return;
        place.current = next;
        onDraft(next.text);
      },
    };
  }, [data, draft, onDraft, formats]);
}
