import type { ReactElement } from "react";
import type { LogTarget } from "../../../../src-shared/api/log-target.ts";
import type { QuotaState } from "../../../../src-shared/model/tenants/quota.ts";
import { Tip } from "../../../components/tip.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { useAnswer } from "../../../hooks/use-answer.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useForbidden, useStanding } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { useConnection } from "../../../rpc/rpc-context.tsx";
import styles from "./quota.module.css";

/** Whose bytes a query is counted as. */
interface Spender {
  readonly tenant: string;
  readonly principal: string | undefined;
  readonly role: string;
}

/** Bytes until a reason is asked for; below zero when they are gone. */
export function bytesLeft({ quota, usedBytes, reservedBytes }: QuotaState): number {
  return quota.bytes - usedBytes - reservedBytes;
}

/** Of the quotas that a query counts in the one with the least left; `null` where none holds. */
export function tightestQuota(states: readonly QuotaState[], { tenant, principal, role }: Spender): QuotaState | null {
  const names = { tenant, user: principal, role };
  const held = states.filter(({ quota: { scope } }) => names[scope.kind] === scope.name);
  return held.toSorted((a, b) => bytesLeft(a) - bytesLeft(b))[0] ?? null;
}

interface QuotaLeftProps {
  readonly target: LogTarget | null;
  readonly estimateBytes: number;
}

/** Beside the estimate: what is left of the tightest quota. From the last answer, which a change of the ledger makes anew. */
export function QuotaLeft({ target, estimateBytes }: QuotaLeftProps): ReactElement | null {
  const t = useTranslate();
  const formats = useFormats();
  const { role } = useStanding();
  const principal = useConnection((state) => state.hello?.principal);
  const mayNotSee = useForbidden("usage.read");
  const asks = target?.kind === "loki" && mayNotSee === undefined;
  const { data } = useAnswer("usage", "quotas", asks ? undefined : null);
  const tightest =
    target?.kind === "loki" && data !== undefined
      ? tightestQuota(data, { tenant: target.tenant, principal, role })
      : null;
  if (tightest === null) return null;
  const left = bytesLeft(tightest);
  const { scope, bytes } = tightest.quota;
  const name = scope.kind === "role" ? t.dynamic(`roles.${scope.name}`, {}, scope.name) : scope.name;
  const tip = t("usage.left.tip", {
    kind: t(`usage.quota.kind.${scope.kind}`),
    name: withVisibleCharacters(name),
    period: t(`usage.refusal.per.${scope.period}`),
    used: formats.bytes(tightest.usedBytes + tightest.reservedBytes),
    limit: formats.bytes(bytes),
  });
  return (
    <Tip label={tip}>
      <span className={styles.left} data-short={left < estimateBytes || undefined} data-testid="quota-left">
        {left <= 0 ? t("usage.left.none") : t("usage.left", { bytes: formats.bytes(left) })}
      </span>
    </Tip>
  );
}
