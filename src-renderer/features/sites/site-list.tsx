import { IconEdit, IconStethoscope } from "@tabler/icons-react";
import { useMemo, type ReactElement } from "react";
import type { Site } from "../../../src-shared/api/sites.api.ts";
import { Badge } from "../../components/badge.tsx";
import { Button } from "../../components/button.tsx";
import { errorText } from "../../components/error-text.ts";
import { IconButton } from "../../components/icon-button.tsx";
import { Panel } from "../../components/panel.tsx";
import { StatusShape } from "../../components/status-shape.tsx";
import { Tip } from "../../components/tip.tsx";
import { useForbidden } from "../../hooks/use-permission.ts";
import { siteTone } from "../../hooks/use-sites.ts";
import { useTranslate, type Translate } from "../../hooks/use-translate.ts";
import { useWorkspace } from "../../hooks/workspace-store.ts";
import styles from "./site-list.module.css";
import type { SideView } from "./sites-screen.tsx";

interface SiteListProps {
  readonly sites: readonly Site[];
  readonly side: SideView | null;
  readonly onSide: (side: SideView) => void;
}

interface SiteGroup {
  readonly key: string;
  readonly title: string;
  readonly sites: readonly Site[];
}

/** By where they were found: the lab, each kubeconfig file, those entered by hand. */
export function groupSites(t: Translate, sites: readonly Site[]): SiteGroup[] {
  const groups = new Map<string, { title: string; sites: Site[] }>();
  for (const site of sites) {
    const { config } = site;
    const key = config.kind === "kubernetes" ? `kubernetes ${config.file}` : config.kind;
    const title = config.kind === "kubernetes" ? config.file : t(`app.siteKind.${config.kind}`);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { title, sites: [site] });
    else group.sites.push(site);
  }
  return [...groups].map(([key, group]) => ({ key, ...group }));
}

export function SiteList({ sites, side, onSide }: SiteListProps): ReactElement {
  const t = useTranslate();
  const groups = useMemo(() => groupSites(t, sites), [t, sites]);
  return (
    <>
      {groups.map((group) => (
        <Panel aside={String(group.sites.length)} flush key={group.key} title={group.title}>
          <ul>
            {group.sites.map((site) => (
              <SiteRow
                key={site.id}
                onSide={onSide}
                selected={side !== null && side.kind !== "add" && side.site === site.id}
                site={site}
              />
            ))}
          </ul>
        </Panel>
      ))}
    </>
  );
}

interface SiteRowProps {
  readonly site: Site;
  readonly selected: boolean;
  readonly onSide: (side: SideView) => void;
}

function SiteRow({ site, selected, onSide }: SiteRowProps): ReactElement {
  const t = useTranslate();
  const forbidden = useForbidden("sites.change");
  const noLogs = useForbidden("logs.read");
  const current = useWorkspace((state) => state.site === site.id && state.source.kind !== "archive");
  const chooseSite = useWorkspace((state) => state.chooseSite);
  const show = useWorkspace((state) => state.show);
  const open = (): void => {
    if (!current) chooseSite(site.id);
    show(noLogs === undefined ? "explore" : "overview");
  };
  const place = site.config.kind === "kubernetes" ? site.config.context : site.origin;
  return (
    <li className={styles.row} data-selected={selected || undefined}>
      <span className={styles.state}>
        <StatusShape tone={siteTone(site.state)} />
        {t(`app.siteState.${site.state}`)}
      </span>
      <span className={styles.name}>
        <span className={styles.nameText}>{site.name}</span>
        {current ? <Badge>{t("app.sites.open")}</Badge> : null}
        {site.current ? (
          <Tip label={t("app.sites.currentTip")}>
            <span>
              <Badge>{t("app.sites.current")}</Badge>
            </span>
          </Tip>
        ) : null}
      </span>
      <span className={styles.place} title={site.error === undefined ? place : errorText(t, site.error)}>
        {site.error === undefined ? place : <span className={styles.error}>{errorText(t, site.error)}</span>}
      </span>
      <span className={styles.actions}>
        <Button compact onClick={open}>
          {t("app.sites.use")}
        </Button>
        <IconButton
          icon={IconStethoscope}
          label={t("app.doctor.run")}
          onClick={() => onSide({ kind: "doctor", site: site.id })}
        />
        {site.kind === "lab" ? (
          <span className={styles.noEdit} />
        ) : (
          <IconButton
            disabledReason={forbidden}
            icon={IconEdit}
            label={t("app.sites.edit")}
            onClick={() => onSide({ kind: "edit", site: site.id })}
          />
        )}
      </span>
    </li>
  );
}
