import type { Selector } from "../../../../src-shared/logql/ast.ts";
import { compileSelector } from "../../../../src-shared/logql/pipeline/matchers.ts";
import type { LabelSet } from "../../../../src-shared/model/labels.ts";

/** Whether any of the selectors takes a stream; without one every stream is taken. */
export function takesAny(selectors: readonly Selector[]): (labels: LabelSet) => boolean {
  const tests = selectors.map(({ matchers }) => compileSelector(matchers));
  return (labels) => tests.length === 0 || tests.some((test) => test(labels));
}
