import { SegmentedControl } from "@mantine/core";
import { IconArrowBackUp } from "@tabler/icons-react";
import type { ReactElement } from "react";
import { IconButton } from "../components/icon-button.tsx";
import { Tip } from "../components/tip.tsx";
import { useAnswer } from "../hooks/use-answer.ts";
import { useCurrentSite } from "../hooks/use-sites.ts";
import { useTranslate } from "../hooks/use-translate.ts";
import { useWorkspace } from "../hooks/workspace-store.ts";

/** The way back from an archive to the site that was looked at before. */
function LeaveArchive(): ReactElement {
  const t = useTranslate();
  const { site } = useCurrentSite();
  const leave = useWorkspace((state) => state.leaveArchive);
  return (
    <IconButton
      icon={IconArrowBackUp}
      label={site === undefined ? t("app.archive.leave") : t("app.archive.backTo", { site: site.name })}
      onClick={leave}
    />
  );
}

/** Loki, or the pods themselves through the Kubernetes API: for when Loki is what is down. */
export function SourceSwitch(): ReactElement | null {
  const t = useTranslate();
  const { site } = useCurrentSite();
  const source = useWorkspace((state) => state.source);
  const chooseSource = useWorkspace((state) => state.chooseSource);
  const hasPods = site !== undefined && site.kind !== "direct";
  const { data } = useAnswer("sites", "components", hasPods && source.kind !== "archive" ? { site: site.id } : null);
  if (source.kind === "archive") return <LeaveArchive />;
  if (!hasPods) return null;

  const namespace =
    (site.config.kind === "kubernetes" ? site.config.overrides.namespace : undefined) ??
    data?.namespace ??
    data?.components[0]?.namespace;
  const choose = (kind: string): void => {
    if (kind === "pods" && namespace !== undefined) chooseSource({ kind: "pods", namespace });
    else if (kind === "loki") chooseSource({ kind: "loki" });
  };
  return (
    <Tip label={namespace === undefined ? t("app.source.noNamespace") : t("app.source.tip", { namespace })}>
      <SegmentedControl
        aria-label={t("app.source.pick")}
        data={[
          { value: "loki", label: t("app.source.loki") },
          { value: "pods", label: t("app.source.pods"), disabled: namespace === undefined && source.kind !== "pods" },
        ]}
        onChange={choose}
        value={source.kind}
      />
    </Tip>
  );
}
