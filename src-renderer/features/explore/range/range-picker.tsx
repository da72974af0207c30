import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconChevronLeft,
  IconChevronRight,
  IconClock,
  IconZoomOut,
} from "@tabler/icons-react";
import { useEffect, useMemo, useRef, useState, type ReactElement } from "react";
import { nanoFromMs } from "../../../../src-shared/model/nano-time.ts";
import { IconButton } from "../../../components/icon-button.tsx";
import type { Command } from "../../../hooks/commands.ts";
import { useCurrentArchive, wholeRange } from "../../../hooks/use-archives.ts";
import { useCommands } from "../../../hooks/use-commands.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useNow } from "../../../hooks/use-now.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { useWorkspace, type RangeChoice } from "../../../hooks/workspace-store.ts";
import { PopoverButton } from "../floating/popover-button.tsx";
import { resolveRange } from "../session/run-plan.ts";
import { fixedRange, shiftRange, zoomOutRange } from "./range-form.ts";
import { RangeFormPanel } from "./range-form-panel.tsx";
import { sameRange, startRangeHistory, stepRange, visitRange } from "./range-history.ts";
import { useRangeText } from "./use-range-text.ts";
import styles from "./range.module.css";

/**
 * The range of the workspace: what it is, how it is chosen, and the way back through those before. A new range reads again
 * when a query was run.
 */
export function RangePicker(): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const range = useWorkspace((state) => state.range);
  const hasRun = useWorkspace((state) => state.runs > 0 && state.query !== "");
  const chooseRange = useWorkspace((state) => state.chooseRange);
  const run = useWorkspace((state) => state.run);
  const [opened, setOpened] = useState(false);
  const [history, setHistory] = useState(() => startRangeHistory(range));
  const rangeText = useRangeText();
  const { id: archiveId, archive } = useCurrentArchive();
  const tenant = useWorkspace((state) => state.tenant);
  const inArchive = archiveId !== null;
  const whole = useMemo(() => (archive === undefined ? null : wholeRange(archive, tenant)), [archive, tenant]);
  const text = (choice: RangeChoice): string =>
    whole !== null && sameRange(choice, whole) ? t("explore.range.whole") : rangeText(choice);
  const now = useNow(60_000);

  // Ranges are also chosen elsewhere (the histogram, a link): each is a step of this history.
  const stepping = useRef<RangeChoice | null>(null);
  useEffect(() => {
    if (stepping.current !== null && sameRange(stepping.current, range)) stepping.current = null;
    else setHistory((before) => visitRange(before, range));
  }, [range]);

  const actions = useMemo(() => {
    const apply = (choice: RangeChoice): void => {
      chooseRange(inArchive ? fixedRange(choice, Date.now()) : choice);
      if (hasRun) run();
    };
    const instants = (): readonly [bigint, bigint] => {
      const { startNs, endNs } = resolveRange(range, Date.now());
      return [BigInt(startNs), BigInt(endNs)];
    };
    return {
      apply,
      shift: (direction: -1 | 1) => apply(shiftRange(...instants(), direction)),
      zoomOut: () => apply(zoomOutRange(...instants(), nanoFromMs(Date.now()))),
      step: (step: -1 | 1) => {
        const next = stepRange(history, step);
        const choice = next.entries[next.at];
        if (next === history || choice === undefined) return;
        stepping.current = choice;
        setHistory(next);
        apply(choice);
      },
    };
  }, [chooseRange, run, hasRun, range, history, inArchive]);

  useCommands(
    useMemo<readonly Command[]>(
      () => [
        { id: "range.open", group: "query", label: "explore.range.open", shortcut: "t", run: () => setOpened(true) },
        {
          id: "range.back",
          group: "query",
          label: "explore.range.back",
          shortcut: "alt+shift+arrowleft",
          run: () => actions.step(-1),
        },
        {
          id: "range.forward",
          group: "query",
          label: "explore.range.forward",
          shortcut: "alt+shift+arrowright",
          run: () => actions.step(1),
        },
        {
          id: "range.earlier",
          group: "query",
          label: "explore.range.earlier",
          shortcut: "shift+arrowleft",
          run: () => actions.shift(-1),
        },
        {
          id: "range.later",
          group: "query",
          label: "explore.range.later",
          shortcut: "shift+arrowright",
          run: () => actions.shift(1),
        },
        { id: "range.out", group: "query", label: "explore.range.out", shortcut: "-", run: actions.zoomOut },
      ],
      [actions],
    ),
  );
  const canGoBack = history.at > 0;
  const canGoForward = history.at < history.entries.length - 1;
  const zone = range.kind === "absolute" && text(range) === rangeText(range) ? formats.zone(now) : null;
  return (
    // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- a fieldset is of a form
    <div aria-label={t("explore.range.title")} className={styles.picker} role="group">
      <IconButton
        disabledReason={canGoBack ? undefined : t("explore.range.noBack")}
        icon={IconArrowBackUp}
        label={t("explore.range.back")}
        onClick={() => actions.step(-1)}
        size={24}
      />
      {canGoForward ? (
        <IconButton
          icon={IconArrowForwardUp}
          label={t("explore.range.forward")}
          onClick={() => actions.step(1)}
          size={24}
        />
      ) : null}
      <IconButton
        icon={IconChevronLeft}
        label={t("explore.range.earlier")}
        onClick={() => actions.shift(-1)}
        size={24}
      />
      <PopoverButton
        label={t("explore.range.pick", { range: zone === null ? text(range) : `${text(range)} ${zone}` })}
        onOpenChange={setOpened}
        opened={opened}
        position="bottom-end"
        shown={
          <>
            <IconClock aria-hidden size={14} stroke={1.5} />
            <span>{text(range)}</span>
            {zone === null ? null : <span className={styles.zone}>{` ${zone}`}</span>}
          </>
        }
        width={560}
      >
        <RangeFormPanel
          earlier={history.entries.slice(0, -1).toReversed().slice(0, 6)}
          onApply={(choice) => {
            setOpened(false);
            actions.apply(choice);
          }}
          range={range}
          whole={whole}
        />
      </PopoverButton>
      <IconButton icon={IconChevronRight} label={t("explore.range.later")} onClick={() => actions.shift(1)} size={24} />
      <IconButton icon={IconZoomOut} label={t("explore.range.out")} onClick={actions.zoomOut} size={24} />
    </div>
  );
}
