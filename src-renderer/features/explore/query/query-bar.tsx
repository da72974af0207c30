import { IconBolt, IconBookmark, IconBraces, IconHistory, IconPlayerStop, IconSettings2 } from "@tabler/icons-react";
import { useImperativeHandle, useMemo, useRef, type ReactElement, type ReactNode, type Ref } from "react";
import type { LogTarget } from "../../../../src-shared/api/log-target.ts";
import { Button } from "../../../components/button.tsx";
import { IconButton } from "../../../components/icon-button.tsx";
import { Tip } from "../../../components/tip.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { useWorkspace } from "../../../hooks/workspace-store.ts";
import costStyles from "../cost/cost.module.css";
import type { Estimate } from "../cost/use-estimate.ts";
import { MenuButton } from "../floating/menu-button.tsx";
import { QuotaLeft } from "../quota/quota-left.tsx";
import type { LogsClient } from "../session/result-set-view.ts";
import type { SourceTraits } from "../session/source-traits.ts";
import { LogQlEditor, type LogQlEditorHandle } from "./logql-editor.tsx";
import { diagnoseQuery, formatQuery } from "./logql-tools.ts";
import { OptionsMenu } from "./options-menu.tsx";
import { failureDiagnostic, type QueryFailure } from "./query-diagnostics.ts";
import styles from "./query.module.css";
import { SavedMenu } from "./saved-menu.tsx";
import { useCompletion } from "./use-completion.ts";
import { useRecentQueries } from "./use-recent-queries.ts";

export interface QueryBarHandle {
  focus(): void;
  format(): void;
}

interface QueryBarProps {
  readonly client: LogsClient;
  readonly target: LogTarget | null;
  readonly draft: string;
  readonly onDraft: (draft: string) => void;
  readonly onRun: () => void;
  /** Loki's complaint about the query that was run last. */
  readonly failure: QueryFailure | null;
  readonly estimate: Estimate;
  readonly live: boolean;
  readonly onLive: () => void;
  readonly liveForbidden: string | undefined;
  readonly traits: SourceTraits;
  /** More to do with queries, beside the options. */
  readonly aside: ReactNode;
  /** `undefined`: as the setting says. */
  readonly limit: number | null | undefined;
  readonly defaultLimit: number;
  readonly onLimit: (limit: number | null | undefined) => void;
  readonly handle?: Ref<QueryBarHandle>;
}

/** The query, what it would cost, and what can be done with it. Running is the top bar's button. */
export function QueryBar(props: QueryBarProps): ReactElement {
  const { client, target, draft, onDraft, onRun, failure, estimate, live, onLive } = props;
  const t = useTranslate();
  const editor = useRef<LogQlEditorHandle>(null);
  const range = useWorkspace((state) => state.range);
  const complete = useCompletion(client, target, range);
  const recent = useRecentQueries(draft, onDraft);
  const diagnose = useMemo(
    () => (text: string) => {
      const own = diagnoseQuery(text, t);
      // Loki's complaint stands for as long as the text it is about does.
      return failure !== null && failure.query === text && !own.some(({ severity }) => severity === "error")
        ? [...own, failureDiagnostic(failure)]
        : own;
    },
    [failure, t],
  );
  const format = (): void => {
    const formatted = formatQuery(draft);
    if (formatted !== null && formatted !== draft) onDraft(formatted);
  };
  useImperativeHandle(props.handle, () => ({ focus: () => editor.current?.focus(), format }));
  return (
    <section aria-label={t("explore.query.title")} className={styles.bar}>
      <div className={styles.editor}>
        <LogQlEditor
          complete={complete}
          diagnose={diagnose}
          handle={editor}
          label={t("explore.query.editor")}
          onChange={onDraft}
          onFormat={format}
          onHistory={recent.step}
          onRun={onRun}
          placeholder={t("explore.query.placeholder")}
          value={draft}
        />
      </div>
      <div className={styles.tools}>
        <CostEstimate estimate={estimate} traits={props.traits} />
        {estimate.value?.stats === undefined ? null : (
          <QuotaLeft estimateBytes={estimate.value.stats.bytes} target={target} />
        )}
        <MenuButton
          emptyText={t("explore.query.noRecent")}
          entries={recent.entries}
          icon={IconHistory}
          label={t("explore.query.recent")}
          width={480}
        />
        <SavedMenu draft={draft} icon={IconBookmark} onPick={onDraft} />
        <IconButton icon={IconBraces} label={t("explore.query.format")} onClick={format} shortcut="shift+alt+f" />
        <OptionsMenu
          defaultLimit={props.defaultLimit}
          icon={IconSettings2}
          limit={props.limit}
          onLimit={props.onLimit}
        />
        {props.aside}
        {props.traits.tail ? (
          <Button
            aria-pressed={live}
            disabledReason={props.liveForbidden}
            icon={live ? IconPlayerStop : IconBolt}
            onClick={onLive}
            shortcut="l"
          >
            {live ? t("explore.live.stop") : t("explore.live.start")}
          </Button>
        ) : null}
      </div>
    </section>
  );
}

interface CostEstimateProps {
  readonly estimate: Estimate;
  readonly traits: SourceTraits;
}

/** What the index says a run will read; of one's own files, what there is to scan. */
function CostEstimate({ estimate, traits }: CostEstimateProps): ReactElement | null {
  const t = useTranslate();
  const formats = useFormats();
  const { value, loading, error } = estimate;
  if (value === null) {
    if (!loading && error === null) return null;
    return (
      <span className={costStyles.estimate}>{t(loading ? "explore.cost.estimating" : "explore.cost.noEstimate")}</span>
    );
  }
  const { stats } = value;
  if (stats === undefined) {
    return traits.costly ? <span className={costStyles.estimate}>{t("explore.cost.noEstimate")}</span> : null;
  }
  const figures = {
    bytes: formats.bytesExact(stats.bytes),
    chunks: formats.number(stats.chunks),
    streams: formats.number(stats.streams),
  };
  return (
    <Tip label={t(traits.costly ? "explore.cost.estimateTip" : "explore.cost.scanTip", figures)}>
      <span className={costStyles.estimate} data-dear={value.confirm || undefined} data-testid="cost-estimate">
        {value.confirm ? "▲ " : ""}
        {t(traits.costly ? "explore.cost.estimate" : "explore.cost.scan", { bytes: formats.bytes(stats.bytes) })}
      </span>
    </Tip>
  );
}
