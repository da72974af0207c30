import { useMemo, useState, type ReactElement } from "react";
import type { Site } from "../../../../src-shared/api/sites.api.ts";
import type { CostDimension } from "../../../../src-shared/model/tenants/query-cost.ts";
import type { Command } from "../../../hooks/commands.ts";
import { useCommands } from "../../../hooks/use-commands.ts";
import { useNow } from "../../../hooks/use-now.ts";
import { CollectBar } from "./collect-bar.tsx";
import { FixesView } from "./fixes-view.tsx";
import { LedgerBar } from "./ledger-bar.tsx";
import { ReportView } from "./report-view.tsx";
import { UsageBar, type UsageView } from "./usage-bar.tsx";
import { daysProblem, presetDays, type DayPreset, type UsageDays } from "./usage-days.ts";
import { UsageDrawer } from "./usage-drawer.tsx";
import styles from "./usage.module.css";

const MINUTE_MS = 60_000;

/** A row of a report that is looked into. */
export interface UsageSubject {
  readonly by: CostDimension;
  readonly key: string;
}

interface UsageTabProps {
  /** The site whose frontends' lines are collected from here; the ledger holds those of all sites. */
  readonly site: Site["id"];
}

/** What queries cost: by whom, which of them, and what would make them cheaper. */
export function UsageTab({ site }: UsageTabProps): ReactElement {
  const now = useNow(MINUTE_MS);
  const [preset, setPreset] = useState<DayPreset>("week");
  const [typed, setTyped] = useState<UsageDays>(() => presetDays("week", Date.now()));
  const [view, setView] = useState<UsageView>("tenant");
  const [subject, setSubject] = useState<UsageSubject | null>(null);
  const chosen = preset === "custom" ? typed : presetDays(preset, now);
  // Days that are still being typed ask nothing; what was asked last stays.
  const [asked, setAsked] = useState(chosen);
  if (daysProblem(chosen) === null && (asked.fromDay !== chosen.fromDay || asked.toDay !== chosen.toDay)) {
    setAsked(chosen);
  }
  const isOpen = subject !== null;
  useCommands(
    useMemo<readonly Command[]>(
      () =>
        isOpen
          ? [
              {
                id: "usage.close",
                group: "view",
                label: "app.close",
                shortcut: "escape",
                hidden: true,
                run: () => setSubject(null),
              },
            ]
          : [],
      [isOpen],
    ),
  );
  const range = { fromDay: asked.fromDay, toDay: asked.toDay, tenants: null };
  return (
    <div className={styles.tab}>
      <div className={styles.column}>
        <UsageBar
          days={chosen}
          onDays={setTyped}
          onPreset={(next) => {
            if (next === "custom") setTyped(asked);
            setPreset(next);
            setSubject(null);
          }}
          onView={(next) => {
            setView(next);
            setSubject(null);
          }}
          preset={preset}
          range={range}
          view={view}
        />
        <LedgerBar />
        {view === "fixes" ? (
          <FixesView range={range} />
        ) : (
          <ReportView
            by={view}
            key={view}
            onOpen={(key) => setSubject({ by: view, key })}
            opened={subject?.key ?? null}
            range={range}
            site={site}
          />
        )}
        <CollectBar site={site} />
      </div>
      {subject === null ? null : (
        <UsageDrawer
          key={`${subject.by} ${subject.key}`}
          onClose={() => setSubject(null)}
          range={range}
          subject={subject}
        />
      )}
    </div>
  );
}
