import { useMemo } from "react";
import { VERDICT_ORDER } from "../../../../src-shared/model/health/verdict.ts";
import type { InstanceHealth, SiteHealth } from "../../../../src-shared/model/health/site-health.ts";
import type { PickerOption } from "../../../components/picker.tsx";
import { StatusShape } from "../../../components/status-shape.tsx";
import { verdictTone } from "../../../components/verdict-sign.tsx";
import { useTranslate } from "../../../hooks/use-translate.ts";

/** Components whose processes hold chunks, and can be flushed. */
const INGESTING: ReadonlySet<string> = new Set(["ingester", "write", "single-binary"]);

const byName = new Intl.Collator("en", { numeric: true }).compare;

function worstFirst(a: InstanceHealth, b: InstanceHealth): number {
  const byVerdict = VERDICT_ORDER.indexOf(a.verdict) - VERDICT_ORDER.indexOf(b.verdict);
  return byVerdict === 0 ? byName(a.instance, b.instance) : byVerdict;
}

/** Instances to pick from, the worst first: those that hold chunks, or all. */
export function useInstanceOptions(health: SiteHealth, of: "ingesting" | "all"): readonly PickerOption[] {
  const t = useTranslate();
  return useMemo(
    () =>
      health.instances
        .filter(({ component }) => of === "all" || INGESTING.has(component))
        .toSorted(worstFirst)
        .map(({ instance, component, verdict }) => ({
          value: instance,
          label: instance,
          detail: t(`health.verdict.${verdict}`),
          mark: <StatusShape tone={verdictTone(verdict)} />,
          ...(of === "all" ? { group: component } : {}),
        })),
    [health, of, t],
  );
}

/** The instance whose details are open, where it is one of them: what one looks at is what one means. */
export function offered(options: readonly PickerOption[], instance: string | null): string | null {
  return options.some(({ value }) => value === instance) ? instance : null;
}
