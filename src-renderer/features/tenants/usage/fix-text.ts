import type { CostlyShape } from "../../../../src-shared/model/tenants/usage.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import type { Formats } from "../../../hooks/formats.ts";
import type { Translate } from "../../../hooks/use-translate.ts";

type Fix = CostlyShape["fixes"][number];

/** One remedy in a sentence. Among its parameters sizes, times and shares are written for people, by what their names end in. */
export function fixText({ kind, params }: Pick<Fix, "kind" | "params">, t: Translate, formats: Formats): string {
  const written = Object.entries(params).map(([name, value]) => {
    if (typeof value === "string") return [name, withVisibleCharacters(value)] as const;
    if (/bytes$/i.test(name)) return [name, formats.bytes(value)] as const;
    if (/ms$/i.test(name)) return [name, formats.duration(value)] as const;
    if (/seconds$/i.test(name)) return [name, formats.duration(value * 1_000)] as const;
    if (/share$/i.test(name)) return [name, formats.percent(value)] as const;
    // Loki names a query by it: digits that one copies.
    if (/hash$/i.test(name)) return [name, String(value)] as const;
    return [name, formats.number(value, 1)] as const;
  });
  return t(`usage.fix.${kind}`, Object.fromEntries(written));
}
