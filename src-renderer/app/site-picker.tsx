import { IconArchive, IconPlus, IconServer2 } from "@tabler/icons-react";
import { useMemo, type ReactElement } from "react";
import type { Site } from "../../src-shared/api/sites.api.ts";
import { Badge } from "../components/badge.tsx";
import { Button } from "../components/button.tsx";
import { Picker, type PickerOption } from "../components/picker.tsx";
import { StatusShape } from "../components/status-shape.tsx";
import { useArchives, useCurrentArchive } from "../hooks/use-archives.ts";
import { useAnswer } from "../hooks/use-answer.ts";
import { useExploreArchive } from "../hooks/use-explore-archive.ts";
import { siteTone, useCurrentSite } from "../hooks/use-sites.ts";
import { useTranslate } from "../hooks/use-translate.ts";
import { useWorkspace } from "../hooks/workspace-store.ts";
import { archiveOfOption, archiveOption } from "./source-options.ts";
import styles from "./site-picker.module.css";

interface SitePickerProps {
  readonly opened: boolean;
  readonly onOpenChange: (opened: boolean) => void;
}

const GROUP_ORDER: readonly Site["kind"][] = ["lab", "kubernetes", "direct"];

function useOptions(): readonly PickerOption[] {
  const t = useTranslate();
  const { data } = useAnswer("sites", "list", undefined);
  const { data: archives } = useArchives();
  return useMemo(
    () => [
      ...(data?.sites ?? [])
        .toSorted((a, b) => GROUP_ORDER.indexOf(a.kind) - GROUP_ORDER.indexOf(b.kind))
        .map((one) => ({
          value: one.id,
          label: one.name,
          detail: one.origin,
          group: t(`app.siteKind.${one.kind}`),
          mark: <StatusShape label={t(`app.siteState.${one.state}`)} tone={siteTone(one.state)} />,
        })),
      ...(archives ?? []).map((one) => ({
        value: archiveOption(one.id),
        label: one.title,
        detail: one.path,
        group: t("app.archive.group"),
        mark: <IconArchive aria-hidden className={styles.mark} size={14} stroke={1.5} />,
      })),
    ],
    [data, archives, t],
  );
}

/** Where the logs are: a site, or an archive that was opened. */
export function SitePicker({ opened, onOpenChange }: SitePickerProps): ReactElement {
  const t = useTranslate();
  const { data: archives } = useArchives();
  const { id } = useCurrentSite();
  const current = useCurrentArchive();
  const chooseSite = useWorkspace((state) => state.chooseSite);
  const leaveArchive = useWorkspace((state) => state.leaveArchive);
  const show = useWorkspace((state) => state.show);
  const explore = useExploreArchive();
  const options = useOptions();

  const pick = (value: string): void => {
    const archive = archives?.find((one) => one.id === archiveOfOption(value));
    if (archive !== undefined) void explore(archive);
    else if (value === id) leaveArchive();
    else chooseSite(value);
  };
  const go = (screen: "sites" | "archives"): void => {
    onOpenChange(false);
    show(screen);
  };

  return (
    <Picker
      emptyText={t("app.site.none")}
      footer={
        <>
          <Button compact icon={IconPlus} onClick={() => go("sites")} tone="quiet">
            {t("app.site.manage")}
          </Button>
          <Button compact icon={IconArchive} onClick={() => go("archives")} tone="quiet">
            {t("app.screen.archives")}
          </Button>
        </>
      }
      label={current.id === null ? t("app.site.pick") : t("app.archive.pick")}
      onOpenChange={onOpenChange}
      onPick={pick}
      opened={opened}
      options={options}
      searchPlaceholder={t("app.site.search")}
      shown={current.id === null ? <ShownSite /> : <ShownArchive />}
      value={current.id === null ? id : archiveOption(current.id)}
    />
  );
}

function ShownSite(): ReactElement {
  const t = useTranslate();
  const { site, id } = useCurrentSite();
  return site === undefined ? (
    <>
      <IconServer2 aria-hidden size={16} stroke={1.5} />
      <span>{id === null ? t("app.site.choose") : id}</span>
    </>
  ) : (
    <>
      <StatusShape label={t(`app.siteState.${site.state}`)} tone={siteTone(site.state)} />
      <span>{site.name}</span>
    </>
  );
}

function ShownArchive(): ReactElement {
  const t = useTranslate();
  const { id, archive, unknown } = useCurrentArchive();
  return (
    <>
      <IconArchive aria-hidden className={styles.mark} size={16} stroke={1.5} />
      <span>{archive?.title ?? id}</span>
      <span className={styles.sign}>
        {unknown ? <Badge tone="warning">{t("app.archive.notOpen")}</Badge> : <Badge>{t("app.archive.offline")}</Badge>}
      </span>
    </>
  );
}
