import { useMemo, useState, type ReactElement } from "react";
import type { TenantLimit } from "../../../../src-shared/model/tenants/board.ts";
import { Button } from "../../../components/button.tsx";
import { CopyButton } from "../../../components/copy-button.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { Drawer } from "../../../components/drawer.tsx";
import { errorText } from "../../../components/error-text.ts";
import { EmptyView, FailedView, LoadingView, PartialNotice } from "../../../components/state-views.tsx";
import { useAnswer } from "../../../hooks/use-answer.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { disagreementText, DoubtList, sourceText } from "../board/board-notices.tsx";
import { useLimitChanges } from "../changes/limit-changes-context.ts";
import { useSiteLimits } from "../site-limits.tsx";
import { useTenantsView } from "../tenants-view.tsx";
import { LimitFilterBar } from "./limit-filter-bar.tsx";
import { LIMIT_AREAS, matchesLimit, NO_LIMIT_FILTER } from "./limit-filter.ts";
import { LimitRow } from "./limit-row.tsx";
import styles from "./limits.module.css";
import { TenantSummary } from "./tenant-summary.tsx";

/** Pixels, where the window leaves the board as much. */
const WIDTH = 600;

interface TenantDrawerProps {
  readonly tenant: string;
  readonly onClose: () => void;
}

/** Everything that holds for one tenant: what is measured, and each limit with its value and meaning. */
export function TenantDrawer({ tenant, onClose }: TenantDrawerProps): ReactElement {
  const t = useTranslate();
  const { board } = useSiteLimits();
  const { explain } = useTenantsView();
  const row = board?.tenants.find((one) => one.tenant === tenant);
  const onExplain = (reason: string): void => explain({ kind: "discards", tenant, reason });
  return (
    <Drawer
      actions={<CopyButton label={t("limits.copyTenant")} size={28} text={tenant} />}
      initialWidth={Math.min(WIDTH, Math.round(window.innerWidth * 0.46))}
      onClose={onClose}
      takeFocus={false}
      title={withVisibleCharacters(tenant)}
    >
      <div className={styles.content}>
        {row === undefined ? null : <TenantSummary onExplain={onExplain} row={row} />}
        <LimitList onExplain={onExplain} tenant={tenant} />
      </div>
    </Drawer>
  );
}

interface LimitListProps {
  readonly tenant: string;
  readonly onExplain: (reason: string) => void;
}

function LimitList({ tenant, onExplain }: LimitListProps): ReactElement {
  const t = useTranslate();
  const { site } = useSiteLimits();
  const { edit } = useLimitChanges();
  const forbidden = useForbidden("tenants.limits");
  const { data, error, loading, retry } = useAnswer("tenants", "limits", { site: site.id, tenant });
  const [filter, setFilter] = useState(NO_LIMIT_FILTER);
  const found = useMemo(
    () => (data?.limits ?? []).filter((limit) => matchesLimit(limit, filter, t)),
    [data, filter, t],
  );
  if (loading) return <LoadingView rowHeight={48} rows={8} />;
  if (data === undefined) {
    return error === undefined ? (
      <LoadingView rowHeight={48} rows={8} />
    ) : (
      <FailedView
        error={error}
        onRetry={retry}
        title={t("limits.list.failed", { tenant: withVisibleCharacters(tenant) })}
      />
    );
  }
  const groups = LIMIT_AREAS.map((area) => ({ area, limits: found.filter((limit) => limit.area === area) })).filter(
    ({ limits }) => limits.length > 0,
  );
  const onEdit = (limit: TenantLimit): void => edit({ tenant, key: limit.key, value: limit.value ?? limit.builtIn });
  return (
    <section className={styles.section}>
      <h3>
        {t("limits.list.title")}
        <span className={styles.version}>
          {data.version === null
            ? t("limits.list.noVersion")
            : t("limits.list.version", { version: withVisibleCharacters(data.version) })}
        </span>
      </h3>
      {error === undefined ? null : (
        <PartialNotice
          actions={
            <Button compact onClick={retry}>
              {t("app.retry")}
            </Button>
          }
        >
          {errorText(t, error)}
        </PartialNotice>
      )}
      <DoubtList
        texts={[
          ...data.sources.flatMap((source) => sourceText(source, t)),
          ...data.disagreements.map((one) => disagreementText(one, t)),
        ]}
      />
      <LimitFilterBar all={data.limits.length} filter={filter} found={found.length} onFilter={setFilter} />
      {groups.length === 0 ? (
        <EmptyView
          actions={<Button onClick={() => setFilter(NO_LIMIT_FILTER)}>{t("limits.filter.clear")}</Button>}
          small
          text={t("limits.list.noneText")}
          title={t("limits.list.none")}
        />
      ) : (
        groups.map(({ area, limits }) => (
          <section className={styles.group} key={area}>
            <h4>{t(`limits.area.${area}`)}</h4>
            <ul aria-label={t(`limits.area.${area}`)} className={styles.rows}>
              {limits.map((limit) => (
                <LimitRow forbidden={forbidden} key={limit.key} limit={limit} onEdit={onEdit} onExplain={onExplain} />
              ))}
            </ul>
          </section>
        ))
      )}
    </section>
  );
}
