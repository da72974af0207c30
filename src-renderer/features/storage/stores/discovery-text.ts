import type { Translate } from "../../../hooks/use-translate.ts";
import type { OutputOf } from "../../../rpc/procedure-names.ts";

type DiscoveryProblem = NonNullable<OutputOf<"storage", "stores">["problem"]>;

/** Why no store was found of a site. A reason that has no words yet is told by its name. */
export function discoveryText(t: Translate, { reason, params }: DiscoveryProblem): string {
  return t.dynamic(`storage.discovery.${reason}`, params, t("storage.discovery.other", { reason }));
}
