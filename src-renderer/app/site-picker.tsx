import { IconPlus, IconServer2 } from "@tabler/icons-react";
import { useMemo, type ReactElement } from "react";
import type { Site } from "../../src-shared/api/sites.api.ts";
import { Button } from "../components/button.tsx";
import { Picker } from "../components/picker.tsx";
import { StatusShape } from "../components/status-shape.tsx";
import { useAnswer } from "../hooks/use-answer.ts";
import { siteTone, useCurrentSite } from "../hooks/use-sites.ts";
import { useTranslate } from "../hooks/use-translate.ts";
import { useWorkspace } from "../hooks/workspace-store.ts";

interface SitePickerProps {
  readonly opened: boolean;
  readonly onOpenChange: (opened: boolean) => void;
}

const GROUP_ORDER: readonly Site["kind"][] = ["lab", "kubernetes", "direct"];

export function SitePicker({ opened, onOpenChange }: SitePickerProps): ReactElement {
  const t = useTranslate();
  const { data } = useAnswer("sites", "list", undefined);
  const { site, id } = useCurrentSite();
  const chooseSite = useWorkspace((state) => state.chooseSite);
  const show = useWorkspace((state) => state.show);

  const options = useMemo(
    () =>
      (data?.sites ?? [])
        .toSorted((a, b) => GROUP_ORDER.indexOf(a.kind) - GROUP_ORDER.indexOf(b.kind))
        .map((one) => ({
          value: one.id,
          label: one.name,
          detail: one.origin,
          group: t(`app.siteKind.${one.kind}`),
          mark: <StatusShape label={t(`app.siteState.${one.state}`)} tone={siteTone(one.state)} />,
        })),
    [data, t],
  );

  return (
    <Picker
      emptyText={t("app.site.none")}
      footer={
        <Button
          compact
          icon={IconPlus}
          onClick={() => {
            onOpenChange(false);
            show("sites");
          }}
          tone="quiet"
        >
          {t("app.site.manage")}
        </Button>
      }
      label={t("app.site.pick")}
      onOpenChange={onOpenChange}
      onPick={(chosen) => {
        if (chosen !== id) chooseSite(chosen);
      }}
      opened={opened}
      options={options}
      searchPlaceholder={t("app.site.search")}
      shown={
        site === undefined ? (
          <>
            <IconServer2 aria-hidden size={16} stroke={1.5} />
            <span>{id === null ? t("app.site.choose") : id}</span>
          </>
        ) : (
          <>
            <StatusShape label={t(`app.siteState.${site.state}`)} tone={siteTone(site.state)} />
            <span>{site.name}</span>
          </>
        )
      }
      value={id}
    />
  );
}
