import { useEffect, useMemo, useRef, useState } from "react";
import { useStore } from "zustand";
import type { LogTarget } from "../../../src-shared/api/log-target.ts";
import type { Command } from "../../hooks/commands.ts";
import { useCommands } from "../../hooks/use-commands.ts";
import { useFormats } from "../../hooks/use-formats.ts";
import { useNotice } from "../../hooks/use-notice.tsx";
import { useForbidden } from "../../hooks/use-permission.ts";
import { useTranslate } from "../../hooks/use-translate.ts";
import type { RangeChoice } from "../../hooks/workspace-store.ts";
import { capsuleSubject } from "./capsule/capsule-subject.ts";
import { isSameQuery, MAX_CAPSULE_QUERIES, type CapsuleTrayStore } from "./capsule/capsule-tray.ts";
import { exportSubject, type ExportSubject } from "./export/export-subject.ts";
import type { ExploreViewStore } from "./explore-view-store.ts";
import type { ExploreSnapshot } from "./session/explore-session.ts";
import type { ResultSetView } from "./session/result-set-view.ts";
import { useSourceName } from "./session/use-source-name.ts";

export const EXPORT_SHORTCUT = "e";
export const CAPSULE_SHORTCUT = "a";

/** What is offered to take out of Explore: an export of what is shown, and a capsule of what was collected. */
export interface ExploreExports {
  /** What the open dialog is about; `null` while it is closed. */
  readonly subject: ExportSubject | null;
  readonly openExport: () => void;
  readonly closeExport: () => void;
  /** Why nothing can be exported now. */
  readonly mayNotExport: string | undefined;
  readonly capsuleOpened: boolean;
  readonly openCapsule: () => void;
  readonly closeCapsule: () => void;
  readonly addToCapsule: () => void;
  /** Why what is shown cannot be put into the tray. */
  readonly mayNotAdd: string | undefined;
}

interface ExportSurroundings {
  readonly snapshot: ExploreSnapshot;
  readonly view: ResultSetView | null;
  readonly store: ExploreViewStore;
  readonly tray: CapsuleTrayStore;
  readonly target: LogTarget | null;
  readonly range: RangeChoice;
}

export function useExploreExports(surroundings: ExportSurroundings): ExploreExports {
  const { snapshot, store, tray, target } = surroundings;
  const t = useTranslate();
  const formats = useFormats();
  const tell = useNotice();
  const forbidden = useForbidden("logs.export");
  const isEmpty = useStore(store, (state) => state.draft.trim() === "");
  const entries = useStore(tray, (state) => state.entries);
  const place = useSourceName(snapshot.plan?.target ?? target);
  const [subject, setSubject] = useState<ExportSubject | null>(null);
  const [capsuleOpened, setCapsuleOpened] = useState(false);
  const hasSubject = snapshot.plan !== null || (target !== null && !isEmpty);
  const mayNotExport = forbidden ?? (hasSubject ? undefined : t("exports.nothing"));
  // A tail is another question at every moment; only what stands still can be in the tray already.
  const fixed = snapshot.live ? null : capsuleSubject(snapshot);
  const isThere = fixed !== null && entries.some((entry) => isSameQuery(entry, { query: fixed }));
  const mayNotAdd =
    forbidden ??
    (snapshot.plan === null
      ? t("exports.capsule.noQuery")
      : snapshot.plan.kind === "metric"
        ? t("exports.capsule.noMetric")
        : isThere
          ? t("exports.capsule.isThere")
          : entries.length >= MAX_CAPSULE_QUERIES
            ? t("exports.capsule.isFull", { most: formats.number(MAX_CAPSULE_QUERIES) })
            : undefined);

  const newest = useRef({ ...surroundings, place });
  useEffect(() => {
    newest.current = { ...surroundings, place };
  });
  const acts = useMemo(
    () => ({
      openExport: () => {
        const { view, range, target: where, snapshot: shown } = newest.current;
        const { selection, draft } = store.getState();
        setSubject(exportSubject({ snapshot: shown, view, selection, target: where, range, draft, nowMs: Date.now() }));
      },
      closeExport: () => setSubject(null),
      openCapsule: () => setCapsuleOpened(true),
      closeCapsule: () => setCapsuleOpened(false),
      addToCapsule: () => {
        const query = capsuleSubject(newest.current.snapshot);
        if (query === null) {
          tell("warning", t("exports.capsule.noTailRows"));
          return;
        }
        tray.getState().add({ id: crypto.randomUUID(), place: newest.current.place, query });
        const count = tray.getState().entries.length;
        tell("info", t("exports.capsule.added", { count, queries: formats.number(count) }));
      },
    }),
    [store, tray, t, formats, tell],
  );
  useCommands(
    useMemo<readonly Command[]>(
      () => [
        {
          id: "explore.export",
          group: "query",
          label: "exports.open",
          shortcut: EXPORT_SHORTCUT,
          disabled: mayNotExport,
          run: acts.openExport,
        },
        {
          id: "explore.capsule.add",
          group: "query",
          label: "exports.capsule.addCommand",
          shortcut: CAPSULE_SHORTCUT,
          disabled: mayNotAdd,
          run: acts.addToCapsule,
        },
        {
          id: "explore.capsule.make",
          group: "query",
          label: "exports.capsule.make",
          disabled: forbidden ?? (entries.length === 0 ? t("exports.capsule.none") : undefined),
          run: acts.openCapsule,
        },
      ],
      [acts, mayNotExport, mayNotAdd, forbidden, entries, t],
    ),
  );
  return { subject, capsuleOpened, mayNotExport, mayNotAdd, ...acts };
}
