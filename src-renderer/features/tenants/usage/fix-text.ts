import type { CostlyShape } from "../../../../src-shared/model/tenants/usage.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import type { Formats } from "../../../hooks/formats.ts";
import type { Translate } from "../../../hooks/use-translate.ts";

type Fix = CostlyShape["fixes"][number];

/** One remedy in a sentence. Sizes among its parameters are written for people; the unit of every other is in the sentence. */
export function fixText({ kind, params }: Pick<Fix, "kind" | "params">, t: Translate, formats: Formats): string {
  const written = Object.entries(params).map(([name, value]) => {
    if (typeof value === "string") return [name, withVisibleCharacters(value)] as const;
    if (/bytes$/i.test(name)) return [name, formats.bytes(value)] as const;
    // Loki names a query by it: digits that one copies.
    if (/hash$/i.test(name)) return [name, String(value)] as const;
    return [name, formats.number(value, 1)] as const;
  });
  return t(`usage.fix.${kind}`, Object.fromEntries(written));
}
