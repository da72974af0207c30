import { Fragment, type ReactElement } from "react";
import type { ComponentHealth, InstanceHealth, SiteHealth } from "../../../../src-shared/model/health/site-health.ts";
import { Button } from "../../../components/button.tsx";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { isFiltering, matchesAlone, matchesFilter, type BoardFilter } from "./board-layout.ts";
import { useBoardView } from "./board-view.tsx";
import styles from "./board.module.css";
import { ComponentEvidence } from "./component-evidence.tsx";
import { ComponentRow } from "./component-row.tsx";
import { InstanceTable } from "./instance-table.tsx";
import { useBoardLayout } from "./use-board-layout.ts";

const COLUMNS = ["component", "verdict", "ready", "version", "zones", "since", "evidence"] as const;

interface BoardTableProps {
  readonly health: SiteHealth;
  readonly filter: BoardFilter;
  /** What stands here when the filter lets nobody through. */
  readonly empty: ReactElement;
}

interface ShownComponent {
  readonly health: ComponentHealth;
  /** Those the filter lets through, in the layout's order. */
  readonly instances: readonly InstanceHealth[];
}

/** Components by the path they are on, each to be opened to its instances. Nothing moves while it is pointed at. */
export function BoardTable({ health, filter, empty }: BoardTableProps): ReactElement {
  const t = useTranslate();
  const { layout, outOfOrder, sortNow, handlers } = useBoardLayout(health);
  const { chosen, choose } = useBoardView();
  const components = new Map(health.components.map((one) => [one.component, one]));
  const instances = new Map(health.instances.map((one) => [one.instance, one]));
  const filtering = isFiltering(filter);
  const shown = (component: string): ShownComponent | null => {
    const one = components.get(component);
    if (one === undefined) return null;
    const found = (layout.instances.get(component) ?? []).flatMap((name) => {
      const instance = instances.get(name);
      return instance !== undefined && matchesFilter(instance, filter) ? [instance] : [];
    });
    return found.length > 0 || matchesAlone(one, filter) ? { health: one, instances: found } : null;
  };
  const isOpen = ({ health: { component }, instances: found }: ShownComponent): boolean =>
    chosen.get(component) ?? (filtering ? found.length > 0 : layout.opened.has(component));
  const groups = layout.groups
    .map(({ group, components: names }) => ({ group, members: names.flatMap((name) => shown(name) ?? []) }))
    .filter(({ members }) => members.length > 0);
  if (groups.length === 0) return empty;
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- it only notices that somebody is here
    <div className={styles.tableFrame} {...handlers}>
      <table aria-label={t("health.board.label")} className={styles.table}>
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <th data-align={column === "ready" ? "end" : undefined} key={column} scope="col">
                {t(`health.board.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        {groups.map(({ group, members }) => (
          <tbody key={group}>
            <tr className={styles.group}>
              <th colSpan={COLUMNS.length} scope="rowgroup">
                {t(`health.group.${group}`)}
              </th>
            </tr>
            {members.map((member) => {
              const { component } = member.health;
              const open = isOpen(member);
              return (
                <Fragment key={component}>
                  <ComponentRow
                    component={member.health}
                    instances={member.instances}
                    onToggle={() => choose(component, !open)}
                    open={open}
                  />
                  {open ? (
                    <tr className={styles.opened} id={`instances-${component}`}>
                      <td colSpan={COLUMNS.length}>
                        <ComponentEvidence component={member.health} />
                        <InstanceTable component={component} instances={member.instances} site={health.site} />
                      </td>
                    </tr>
                  ) : null}
                </Fragment>
              );
            })}
          </tbody>
        ))}
      </table>
      {/* Over the table's head, not in its flow: its coming moves nothing. */}
      {outOfOrder ? (
        <div className={styles.outOfOrder}>
          <span>{t("health.board.held")}</span>
          <Button compact onClick={sortNow}>
            {t("health.board.sortNow")}
          </Button>
        </div>
      ) : null}
    </div>
  );
}
