import type { ReactElement } from "react";
import type { BucketState } from "../../../../src-shared/model/storage/bucket-state.ts";
import { Facts } from "../../../components/facts.tsx";
import { Panel } from "../../../components/panel.tsx";
import { EmptyView } from "../../../components/state-views.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";

/** How the bucket is set up, as far as it tells. */
export function SettingsPanel({ settings }: { readonly settings: BucketState["settings"] }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  if (settings === null) {
    return (
      <Panel title={t("storage.settings")}>
        <EmptyView small text={t("storage.settings.unknownText")} title={t("storage.settings.unknown")} />
      </Panel>
    );
  }
  const word = (value: "enabled" | "suspended" | "off" | "on" | null): string =>
    value === null ? t("storage.unknown") : t(`storage.settings.value.${value}`);
  return (
    <Panel title={t("storage.settings")}>
      <Facts
        facts={[
          { label: t("storage.settings.versioning"), value: word(settings.versioning) },
          { label: t("storage.settings.objectLock"), value: word(settings.objectLock) },
          { label: t("storage.settings.replication"), value: word(settings.replication) },
          { label: t("storage.settings.encryption"), value: word(settings.encryption) },
          {
            label: t("storage.settings.lifecycle"),
            value:
              settings.lifecycleRules === null
                ? t("storage.unknown")
                : t("storage.settings.rules", {
                    count: settings.lifecycleRules,
                    rules: formats.number(settings.lifecycleRules),
                  }),
          },
        ]}
      />
    </Panel>
  );
}
