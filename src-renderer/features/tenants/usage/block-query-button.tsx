import { IconBan } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import { isAppError } from "../../../../src-shared/errors/app-error.ts";
import type { WireError } from "../../../../src-shared/errors/wire-error.ts";
import { changeOfPreset, limitPresetSchema } from "../../../../src-shared/model/tenants/limit-presets.ts";
import type { QueryCost } from "../../../../src-shared/model/tenants/query-cost.ts";
import { Button } from "../../../components/button.tsx";
import { errorText } from "../../../components/error-text.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { wireErrorOf } from "../../../hooks/wire-error-of.ts";
import { useWorkspace } from "../../../hooks/workspace-store.ts";
import { useRpc } from "../../../rpc/rpc-context.tsx";
import { useLimitChanges } from "../changes/limit-changes-context.ts";
import styles from "./usage.module.css";

/** Long enough to find who asks; then it is let go by itself, unless somebody says otherwise in the plan. */
const MINUTES = 480;

/**
 * Begins the change of limits that refuses this query by its hash, beside what is blocked already. Nothing is done before a
 * person applies its plan.
 */
export function BlockQueryButton({ cost }: { readonly cost: QueryCost }): ReactElement {
  const t = useTranslate();
  const { api } = useRpc();
  const { open } = useLimitChanges();
  const forbidden = useForbidden("tenants.limits");
  const site = useWorkspace((state) => state.site);
  const [asking, setAsking] = useState(false);
  const [error, setError] = useState<WireError>();
  const preset = limitPresetSchema.safeParse({
    preset: "block-query",
    tenant: cost.tenant,
    query: { by: "hash", hash: cost.hash },
    expiresAfterMinutes: MINUTES,
  });
  const disabledReason =
    forbidden ??
    (cost.tenant === "" || !preset.success ? t("usage.cost.noTenant") : undefined) ??
    (cost.site === site ? undefined : t("usage.block.otherSite", { site: cost.site }));
  const begin = async (): Promise<void> => {
    if (!preset.success || site === null) return;
    setAsking(true);
    setError(undefined);
    try {
      const { limits } = await api.tenants.limits({ site, tenant: cost.tenant });
      open(changeOfPreset(preset.data, (key) => limits.find((limit) => limit.key === key) ?? null));
    } catch (failure) {
      setError(isAppError(failure) ? failure.toWire() : wireErrorOf(failure));
    } finally {
      setAsking(false);
    }
  };
  return (
    <>
      <Button compact disabledReason={disabledReason} icon={IconBan} loading={asking} onClick={() => void begin()}>
        {t("usage.block")}
      </Button>
      {error === undefined ? null : (
        <span className={styles.refused} role="alert">
          {errorText(t, error)}
        </span>
      )}
    </>
  );
}
