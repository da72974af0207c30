import { Textarea } from "@mantine/core";
import { IconMessageQuestion } from "@tabler/icons-react";
import { useMemo, type KeyboardEvent, type ReactElement } from "react";
import { Button } from "../../../components/button.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { EmptyView, FailedView, LoadingView } from "../../../components/state-views.tsx";
import type { Command } from "../../../hooks/commands.ts";
import { useCommands } from "../../../hooks/use-commands.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { useTenantsView } from "../tenants-view.tsx";
import { ExplanationCard } from "./explanation-card.tsx";
import styles from "./explain.module.css";

/** What the door takes; more of a log is cut, and said so. */
const MAX_TEXT = 200_000;
/** Cards are drawn one after the other; a log can hold thousands of refusals. */
const SHOWN_CARDS = 20;

/** Paste what Loki, a collector or a pod wrote: who was refused, by which limit, and what would help. */
export function ExplainTab(): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { pasted, setPasted, explaining } = useTenantsView();
  const { subject, answers, error, pending, explain } = explaining;
  const text = pasted.trim();
  const cut = text.length > MAX_TEXT;
  const run = useMemo(
    () => (): void => {
      if (text !== "") explain({ kind: "text", text: text.slice(0, MAX_TEXT) });
    },
    [text, explain],
  );
  useCommands(
    useMemo<readonly Command[]>(
      () => [
        {
          id: "tenants.explain.run",
          group: "tenants",
          label: "limits.explain.run",
          disabled: text === "" ? t("limits.explain.nothing") : undefined,
          run,
        },
      ],
      [text, run, t],
    ),
  );
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    run();
  };
  return (
    <div className={styles.explain}>
      <form
        className={styles.paste}
        onSubmit={(event) => {
          event.preventDefault();
          run();
        }}
      >
        <Textarea
          classNames={{ input: styles.pasted ?? "" }}
          label={t("limits.explain.label")}
          onChange={(event) => setPasted(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          placeholder={t("limits.explain.placeholder")}
          rows={4}
          spellCheck={false}
          value={pasted}
        />
        <div className={styles.pasteActions}>
          <Button
            disabledReason={text === "" ? t("limits.explain.nothing") : undefined}
            loading={pending && subject?.kind === "text"}
            shortcut="mod+enter"
            tone="primary"
            type="submit"
          >
            {t("limits.explain.run")}
          </Button>
          {cut ? (
            <span className={styles.muted}>{t("limits.explain.cut", { most: formats.number(MAX_TEXT) })}</span>
          ) : null}
        </div>
      </form>
      {subject?.kind === "discards" ? (
        <p className={styles.muted}>
          {t("limits.explain.discards", {
            tenant: withVisibleCharacters(subject.tenant),
            reason: withVisibleCharacters(subject.reason),
          })}
        </p>
      ) : null}
      {pending ? <LoadingView rows={8} /> : null}
      {error === undefined ? null : (
        <FailedView
          error={error}
          onRetry={subject === null ? undefined : () => explain(subject)}
          title={t("limits.explain.failed")}
        />
      )}
      {subject === null ? (
        <EmptyView icon={IconMessageQuestion} text={t("limits.explain.emptyText")} title={t("limits.explain.empty")} />
      ) : null}
      {answers?.length === 0 ? (
        <EmptyView text={t("limits.explain.noneText")} title={t("limits.explain.none")} />
      ) : null}
      {answers === undefined || answers.length < 2 ? null : (
        <p className={styles.muted}>
          {t("limits.explain.found", { count: answers.length, found: formats.number(answers.length) })}
        </p>
      )}
      {answers?.slice(0, SHOWN_CARDS).map((explanation, place) => (
        // oxlint-disable-next-line react/no-array-index-key -- two refusals may be the same
        <ExplanationCard explanation={explanation} key={place} />
      ))}
      {answers !== undefined && answers.length > SHOWN_CARDS ? (
        <p className={styles.muted}>
          {t("limits.explain.more", {
            count: answers.length - SHOWN_CARDS,
            more: formats.number(answers.length - SHOWN_CARDS),
          })}
        </p>
      ) : null}
    </div>
  );
}
