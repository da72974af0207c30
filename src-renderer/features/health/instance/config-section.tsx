import { TextInput } from "@mantine/core";
import { IconFileText, IconSearch } from "@tabler/icons-react";
import { useCallback, useState, type ReactElement } from "react";
import type { SiteId } from "../../../../src-shared/model/ids.ts";
import { Button } from "../../../components/button.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { CopyButton } from "../../../components/copy-button.tsx";
import { ErrorPanel } from "../../../components/error-panel.tsx";
import { PartialNotice } from "../../../components/state-views.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { useRpc } from "../../../rpc/rpc-context.tsx";
import { useAsk } from "../../../hooks/use-ask.ts";
import styles from "./instance.module.css";

/** Lines that are drawn: a configuration has some thousand; more is found by the filter. */
const MOST_LINES = 4_000;

interface ConfigText {
  readonly yaml: string;
  readonly cut: boolean;
}

/** Its configuration, read when asked for and not again by itself: each reading is in the audit log. */
export function ConfigSection({ site, instance }: { readonly site: SiteId; readonly instance: string }): ReactElement {
  const t = useTranslate();
  const forbidden = useForbidden("health.operate");
  const { api } = useRpc();
  const { data, error, pending, ask } = useAsk(
    useCallback((signal: AbortSignal) => api.health.config({ site, instance }, { signal }), [api, site, instance]),
  );
  return (
    <section className={styles.section}>
      <div className={styles.headed}>
        <h3>{t("health.instance.config")}</h3>
        <Button compact disabledReason={forbidden} icon={IconFileText} loading={pending} onClick={ask}>
          {data === undefined ? t("health.instance.readConfig") : t("health.instance.readConfigAgain")}
        </Button>
        {data === undefined ? null : <CopyButton text={data.yaml} />}
      </div>
      {error === undefined ? null : <ErrorPanel error={error} onRetry={ask} />}
      {data === undefined ? (
        <p className={styles.muted}>{t("health.instance.configText")}</p>
      ) : (
        <ConfigView config={data} />
      )}
    </section>
  );
}

function ConfigView({ config }: { readonly config: ConfigText }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const [wanted, setWanted] = useState("");
  const lines = config.yaml.split("\n");
  const needle = wanted.trim().toLowerCase();
  const found = needle === "" ? lines : lines.filter((line) => line.toLowerCase().includes(needle));
  return (
    <>
      {config.cut ? <PartialNotice>{t("health.instance.configCut")}</PartialNotice> : null}
      <TextInput
        aria-label={t("health.instance.configFind")}
        leftSection={<IconSearch aria-hidden size={16} stroke={1.5} />}
        onChange={(event) => setWanted(event.currentTarget.value)}
        placeholder={t("health.instance.configFind")}
        value={wanted}
      />
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex, jsx-a11y/prefer-tag-over-role -- a scrolling area must be reachable by keyboard */}
      <pre aria-label={t("health.instance.config")} className={styles.config} role="region" tabIndex={0}>
        {found.slice(0, MOST_LINES).map(withVisibleCharacters).join("\n")}
      </pre>
      <p className={styles.muted}>
        {t("health.instance.configLines", {
          shown: formats.number(Math.min(found.length, MOST_LINES)),
          all: formats.number(lines.length),
        })}
      </p>
    </>
  );
}
