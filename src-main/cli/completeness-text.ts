import type { Completeness } from "../../src-shared/model/completeness.ts";
import type { CliText } from "./cli-text.ts";

/** What speaks against a result, a sentence a reason; empty for a complete one. A limit one asked for is no doubt. */
export function completenessLines({ reasons }: Completeness, text: CliText): string[] {
  return reasons
    .filter(({ kind }) => kind !== "limit-reached")
    .map(({ kind, ...evidence }) => {
      const params = Object.fromEntries(
        Object.entries(evidence).map(([name, value]) => [
          name,
          typeof value === "number" ? value : JSON.stringify(value),
        ]),
      );
      return text.sentence(`logs.completeness.${kind}`, params);
    });
}
