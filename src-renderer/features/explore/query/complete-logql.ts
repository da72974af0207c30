import type { Completion } from "@codemirror/autocomplete";
import { isLabelName } from "../../../../src-shared/logql/editor/edit-query.ts";
import type { CompletionContext } from "../../../../src-shared/logql/editor/completion-context.ts";
import { quoteGo } from "../../../../src-shared/logql/text/go-quote.ts";
import {
  BINARY_OPERATORS,
  DURATIONS,
  FILTER_OPERATORS,
  MATCH_OPERATORS,
  PIPE_OPERATORS,
  RANGE_FUNCTIONS,
  STAGES,
  VECTOR_FUNCTIONS,
} from "./completion-words.ts";

/** What only the source knows. Each answer is bounded; a failure is no answer and no notice: one goes on typing. */
export interface CompletionData {
  labels(selector: string): Promise<readonly string[]>;
  values(label: string, selector: string): Promise<readonly string[]>;
  /** Fields found in the lines of a selector, with their type. */
  fields(selector: string): Promise<readonly { readonly name: string; readonly type: string }[]>;
}

/** What each word means, in the language of the window. */
export type DescribeWord = (word: string) => string;

const MAX_OFFERED = 500;

/** What may be written at a place of a query. */
export async function logQlCompletions(
  context: CompletionContext,
  data: CompletionData,
  describe: DescribeWord,
): Promise<readonly Completion[]> {
  const words = (list: readonly string[], type: string, append = ""): Completion[] =>
    list.map((label) => ({ label, type, detail: describe(label), apply: `${label}${append}` }));
  const names = (list: readonly string[]): Completion[] =>
    list.filter(isLabelName).map((label) => ({ label, type: "property" }));
  switch (context.kind) {
    case "labelName": {
      const labels = await data.labels(context.selector);
      return names(labels.filter((label) => !context.used.includes(label)));
    }
    case "groupingLabel": {
      const [labels, fields] = await Promise.all([data.labels(context.selector), data.fields(context.selector)]);
      const all = [...new Set([...labels, ...fields.map(({ name }) => name)])];
      return names(all.filter((label) => !context.used.includes(label)));
    }
    case "labelValue":
    case "filterValue":
      return valueCompletions(await data.values(context.label, context.selector), context.quoted);
    case "fieldName":
      return fieldCompletions(await data.fields(context.selector), await data.labels(context.selector));
    case "stage":
      return [
        ...words(STAGES, "keyword"),
        ...fieldCompletions(await data.fields(context.selector), await data.labels(context.selector)),
      ];
    case "template": {
      const [labels, fields] = await Promise.all([data.labels(context.selector), data.fields(context.selector)]);
      const all = [...new Set([...labels, ...fields.map(({ name }) => name)])];
      return all.filter(isLabelName).map((label) => ({ label: `{{.${label}}}`, type: "property" }));
    }
    case "matchOperator":
      return words(MATCH_OPERATORS, "operator");
    case "filterOperator":
      return words(FILTER_OPERATORS, "operator");
    case "pipeOperator":
      return words(context.inRange ? [...PIPE_OPERATORS, "["] : PIPE_OPERATORS, "operator", " ");
    case "binaryOperator":
      return words(BINARY_OPERATORS, "operator", " ");
    case "function":
      return [
        { label: "{", type: "operator", detail: describe("{"), boost: 2 },
        ...words(RANGE_FUNCTIONS, "function", "("),
        ...words(VECTOR_FUNCTIONS, "function"),
      ];
    case "duration":
      return words(DURATIONS, "constant");
    case "lineText":
    case "none":
      return [];
  }
}

function valueCompletions(values: readonly string[], quoted: boolean): Completion[] {
  return values.slice(0, MAX_OFFERED).map((value) => {
    const written = quoteGo(value);
    // Inside quotes the quotes are there already.
    return { label: value, type: "text", apply: quoted ? written.slice(1, -1) : written };
  });
}

function fieldCompletions(
  fields: readonly { readonly name: string; readonly type: string }[],
  labels: readonly string[],
): Completion[] {
  const known = new Set(fields.map(({ name }) => name));
  return [
    ...fields
      .filter(({ name }) => isLabelName(name))
      .map(({ name, type }) => ({ label: name, type: "property", detail: type, boost: 1 })),
    ...labels.filter((name) => isLabelName(name) && !known.has(name)).map((label) => ({ label, type: "property" })),
  ];
}
