import { IconCircleDotted, IconRefresh } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import type { RingName, RingView } from "../../../../src-shared/model/health/ring.ts";
import { Button } from "../../../components/button.tsx";
import { RelativeTime } from "../../../components/quantity.tsx";
import { EmptyView, FailedView, LoadingView, PartialNotice } from "../../../components/state-views.tsx";
import { StatusShape } from "../../../components/status-shape.tsx";
import { errorText } from "../../../components/error-text.ts";
import { useAsked } from "../../../hooks/use-asked.ts";
import { useSiteHealth } from "../../../hooks/use-site-health.tsx";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { RingDetails } from "./ring-details.tsx";
import { ringTone, troubled } from "./ring-facts.ts";
import styles from "./rings.module.css";

/** Each round of reading asks one process a ring; heartbeats come every 15 s. */
const READ_EVERY_MS = 30_000;

/** Who belongs to which ring, and who should no longer. */
export function RingsTab(): ReactElement {
  const t = useTranslate();
  const { site } = useSiteHealth();
  const { data, atMs, error, loading, asking, ask } = useAsked(
    "health",
    "rings",
    { site: site.id },
    { everyMs: READ_EVERY_MS },
  );
  const [chosen, setChosen] = useState<RingName>("ingester");
  // Sorted anew by what a person asked for, once it is there: not by what stands there while it is read.
  const [sorting, setSorting] = useState({ before: 0, wantedAtMs: 0 });
  const ring = data?.find((one) => one.ring === chosen) ?? data?.[0];
  const sortedAtMs = atMs >= sorting.wantedAtMs ? sorting.wantedAtMs : sorting.before;
  const lookAgain = (): void => {
    setSorting({ before: sortedAtMs, wantedAtMs: Date.now() });
    ask();
  };
  if (data === undefined) {
    return (
      <div className={styles.states}>
        {loading ? <LoadingView rowHeight={32} rows={8} /> : null}
        {error === undefined ? null : <FailedView error={error} onRetry={ask} title={t("rings.failed")} />}
      </div>
    );
  }
  if (ring === undefined) {
    return <EmptyView icon={IconCircleDotted} text={t("rings.noneText")} title={t("rings.none")} />;
  }
  return (
    <div className={styles.rings}>
      <nav aria-label={t("rings.title")} className={styles.list}>
        {data.map((one) => (
          <RingButton chosen={one.ring === ring.ring} key={one.ring} onChoose={() => setChosen(one.ring)} ring={one} />
        ))}
        <div className={styles.read}>
          <Button compact icon={IconRefresh} loading={asking} onClick={lookAgain}>
            {t("operations.lookAgain")}
          </Button>
          <span>
            {t("rings.read")} <RelativeTime atMs={atMs} />
          </span>
        </div>
      </nav>
      <div className={styles.details}>
        {error === undefined ? null : (
          <div className={styles.notice}>
            <PartialNotice>
              {t("rings.old")} {errorText(t, error)}
            </PartialNotice>
          </div>
        )}
        <RingDetails key={ring.ring} occasion={`${ring.ring} ${sortedAtMs}`} onLookAgain={lookAgain} ring={ring} />
      </div>
    </div>
  );
}

interface RingButtonProps {
  readonly ring: RingView;
  readonly chosen: boolean;
  readonly onChoose: () => void;
}

function RingButton({ ring, chosen, onChoose }: RingButtonProps): ReactElement {
  const t = useTranslate();
  const count = ring.members.length;
  const sick = troubled(ring.members);
  return (
    <button aria-current={chosen || undefined} className={styles.ring} onClick={onChoose} type="button">
      <StatusShape tone={ringTone(ring)} />
      <span className={styles.name}>{ring.ring}</span>{" "}
      <span className={styles.count}>
        {ring.error !== null
          ? t(ring.error.code === "health.nobody-tells" ? "rings.nobodyTells" : "rings.unread")
          : sick === 0
            ? t("rings.members", { count })
            : t("rings.troubled", { count: sick, members: count })}
      </span>
    </button>
  );
}
