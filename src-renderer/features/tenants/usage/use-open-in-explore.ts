import { useContext } from "react";
import { nanoFromMs } from "../../../../src-shared/model/nano-time.ts";
import type { QueryCost } from "../../../../src-shared/model/tenants/query-cost.ts";
import { tenantIdSchema } from "../../../../src-shared/model/tenant-id.ts";
import { useAnswer } from "../../../hooks/use-answer.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { WorkspaceContext, type RangeChoice } from "../../../hooks/workspace-store.ts";

/** An instant query looks back by what its text says; so much is shown of what was before it. */
const INSTANT_MS = 3_600_000;
const SECOND_MS = 1_000;

/**
 * The range that a cost's query most likely asked for: as long as the record says, and until the query ended. When it began
 * is not recorded.
 */
export function likelyRange({ atMs, rangeMs }: Pick<QueryCost, "atMs" | "rangeMs">): RangeChoice {
  const lengthMs = Math.min(rangeMs === 0 ? INSTANT_MS : rangeMs, atMs);
  // Whole seconds, outwards: the record is no more exact than that.
  const startMs = Math.floor((atMs - lengthMs) / SECOND_MS) * SECOND_MS;
  const endMs = Math.ceil(atMs / SECOND_MS) * SECOND_MS;
  return { kind: "absolute", startNs: String(nanoFromMs(startMs)), endNs: String(nanoFromMs(endMs)) };
}

/** Puts a query that was run, its site, tenant and range into Explore, without running it: it was dear. */
export function useOpenInExplore(cost: QueryCost): {
  readonly open: () => void;
  readonly disabledReason: string | undefined;
} {
  const t = useTranslate();
  const workspace = useContext(WorkspaceContext);
  if (workspace === null) throw new Error("no workspace around the usage report");
  const mayNotRead = useForbidden("logs.read");
  const { data } = useAnswer("sites", "list", undefined);
  const known = data?.sites.some(({ id }) => id === cost.site) ?? true;
  const disabledReason =
    mayNotRead ??
    (known ? undefined : t("usage.cost.siteGone", { site: cost.site })) ??
    (tenantIdSchema.safeParse(cost.tenant).success ? undefined : t("usage.cost.noTenant"));
  const open = (): void => {
    const { site, chooseSite, chooseSource, chooseTenant, chooseRange } = workspace.getState();
    if (site !== cost.site) chooseSite(cost.site);
    chooseSource({ kind: "loki" });
    chooseTenant(cost.tenant);
    chooseRange(likelyRange(cost));
    workspace.setState({ query: cost.query, screen: "explore" });
  };
  return { open, disabledReason };
}
