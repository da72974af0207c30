import { IconFileSearch } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { MAX_COST_QUERY_CHARS, type QueryCost } from "../../../../src-shared/model/tenants/query-cost.ts";
import { Button } from "../../../components/button.tsx";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { BlockQueryButton } from "./block-query-button.tsx";
import styles from "./cost-card.module.css";
import { useOpenInExplore } from "./use-open-in-explore.ts";

/** What can be done about a query that was run. */
export function CostActions({ cost }: { readonly cost: QueryCost }): ReactElement {
  const t = useTranslate();
  const { open, disabledReason } = useOpenInExplore(cost);
  const cut = cost.query.length >= MAX_COST_QUERY_CHARS;
  return (
    <div className={styles.cardActions}>
      <Button
        compact
        disabledReason={disabledReason ?? (cut ? t("usage.cost.cutNoOpen") : undefined)}
        icon={IconFileSearch}
        onClick={open}
        title={disabledReason === undefined && !cut ? t("usage.cost.openTip") : undefined}
      >
        {t("usage.cost.open")}
      </Button>
      <BlockQueryButton cost={cost} />
    </div>
  );
}
