import type { CompletionContext as EditorContext, CompletionSource } from "@codemirror/autocomplete";
import { useMemo } from "react";
import type { LogTarget } from "../../../../src-shared/api/log-target.ts";
import { completionContext } from "../../../../src-shared/logql/editor/completion-context.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import type { RangeChoice } from "../../../hooks/workspace-store.ts";
import type { LogsClient } from "../session/result-set-view.ts";
import { isReversed, resolveRange } from "../session/run-plan.ts";
import { logQlCompletions, type CompletionData } from "./complete-logql.ts";

/** Answers about labels and fields hold for a while; while one types, the same is asked at every letter. */
const FRESH_MS = 60_000;
const MAX_KEPT = 200;

/** Completion in context. What the source must be asked is asked once a minute, and dropped when one types on. */
export function useCompletion(client: LogsClient, target: LogTarget | null, range: RangeChoice): CompletionSource {
  const t = useTranslate();
  const answers = useMemo(() => new RecentAnswers(), []);
  return useMemo(
    () => async (editor) => {
      const place = completionContext(editor.state.doc.toString(), editor.pos);
      if (place.kind === "none" || place.kind === "lineText") return null;
      const isWord = place.prefix !== "" || editor.explicit || opensByItself(editor);
      if (!isWord) return null;
      const data = target === null ? NO_DATA : remoteData(client, target, range, editor, answers);
      const options = await logQlCompletions(place, data, (word) => t.dynamic(`explore.logql.${word}`, {}, ""));
      if (editor.aborted || options.length === 0) return null;
      return { from: place.from, to: place.to, options, validFor: /^[\p{L}\p{Nd}_]*$/u };
    },
    [client, target, range, t, answers],
  );
}

const NO_DATA: CompletionData = {
  labels: () => Promise.resolve([]),
  values: () => Promise.resolve([]),
  fields: () => Promise.resolve([]),
};

/** After these one expects a list without asking for it. */
function opensByItself(editor: EditorContext): boolean {
  return editor.matchBefore(/(?:[{,("`=~]|\|\s)$/) !== null;
}

function remoteData(
  client: LogsClient,
  target: LogTarget,
  choice: RangeChoice,
  editor: EditorContext,
  answers: RecentAnswers,
): CompletionData {
  const range = resolveRange(choice, Date.now());
  if (isReversed(range)) return NO_DATA;
  const scope = JSON.stringify([target, choice]);
  const life = new AbortController();
  editor.addEventListener("abort", () => life.abort());
  const { signal } = life;
  const within = (selector: string): { query?: string } => (selector === "{}" ? {} : { query: selector });
  return {
    labels: (selector) =>
      answers.get(`labels ${scope} ${selector}`, () =>
        client.labels({ target, range, ...within(selector) }, { signal }),
      ),
    values: (label, selector) =>
      answers.get(`values ${scope} ${label} ${selector}`, () =>
        client.labelValues({ target, range, label, ...within(selector) }, { signal }),
      ),
    fields: (selector) =>
      selector === "{}"
        ? Promise.resolve([])
        : answers.get(`fields ${scope} ${selector}`, async () => {
            const found = await client.detectedFields({ target, range, query: selector }, { signal });
            return found.map(({ label, type }) => ({ name: label, type }));
          }),
  };
}

/** Answers of the last minute. What failed is not kept: the next letter asks again. */
class RecentAnswers {
  readonly #kept = new Map<string, { readonly atMs: number; readonly value: readonly unknown[] }>();

  async get<Value>(key: string, ask: () => Promise<readonly Value[]>): Promise<readonly Value[]> {
    const known = this.#kept.get(key);
    // Only `ask` of the same key ever put it there.
    if (known !== undefined && Date.now() - known.atMs < FRESH_MS) return known.value as readonly Value[];
    try {
      const value = await ask();
      if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
      this.#kept.set(key, { atMs: Date.now(), value });
      return value;
    } catch {
      // Completion is a help: without it one types on, and the run says what is wrong with the source.
      return [];
    }
  }
}
