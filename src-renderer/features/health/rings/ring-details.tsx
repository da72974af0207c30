import { IconCircleDotted } from "@tabler/icons-react";
import type { ReactElement } from "react";
import type { RingView } from "../../../../src-shared/model/health/ring.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { EmptyView, FailedView } from "../../../components/state-views.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import { MemberTable } from "./member-table.tsx";
import styles from "./rings.module.css";
import { ZoneStrip } from "./zone-strip.tsx";

interface RingDetailsProps {
  readonly ring: RingView;
  /** The members are put in order anew when it changes. */
  readonly occasion: string;
  readonly onLookAgain: () => void;
}

/** One ring: who told, how it is spread over zones, and its members. */
export function RingDetails({ ring, occasion, onLookAgain }: RingDetailsProps): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  if (ring.error !== null) {
    const nobody = ring.error.code === "health.nobody-tells";
    return nobody ? (
      <EmptyView
        icon={IconCircleDotted}
        text={t("rings.nobodyTellsText")}
        title={t("rings.nobodyTellsTitle", { ring: ring.ring })}
      />
    ) : (
      <FailedView error={ring.error} onRetry={onLookAgain} title={t("rings.unreadTitle", { ring: ring.ring })} />
    );
  }
  const told = (
    <p className={styles.told}>
      {t("rings.told", {
        instance: ring.from === null ? "–" : withVisibleCharacters(ring.from),
        at: ring.nowMs === null ? t("rings.noClock") : formats.dateTime(ring.nowMs),
      })}
    </p>
  );
  if (ring.members.length === 0) {
    return (
      <>
        {told}
        <EmptyView icon={IconCircleDotted} text={t("rings.emptyText")} title={t("rings.empty")} />
      </>
    );
  }
  return (
    <>
      {told}
      <ZoneStrip ring={ring} />
      <MemberTable occasion={occasion} ring={ring} />
    </>
  );
}
