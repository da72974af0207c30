import type { ReactElement } from "react";
import type { RingView } from "../../../../src-shared/model/health/ring.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { StatusShape } from "../../../components/status-shape.tsx";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useTranslate, type Translate } from "../../../hooks/use-translate.ts";
import styles from "./rings.module.css";

/** Members that are told apart by a hairline; of more only the zones are. */
const MOST_PARTS = 120;

/** Growth below 1 in all leaves room unfilled: shares are told as parts of this. */
const WHOLE = 10_000;

/** The circle of tokens cut open: each zone as wide as what it owns, its members side by side. */
export function ZoneStrip({ ring }: { readonly ring: RingView }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const zones = ring.zones.filter(({ ownership }) => ownership > 0);
  return (
    <section aria-label={t("rings.zones")} className={styles.zones}>
      {zones.length === 0 ? null : (
        <div aria-hidden className={styles.strip}>
          {zones.map(({ zone, ownership }, place) => (
            <div
              className={styles.zonePart}
              data-odd={place % 2 === 1 || undefined}
              key={zone}
              style={{ flexGrow: ownership * WHOLE }}
            >
              {ring.members.length > MOST_PARTS
                ? null
                : ring.members
                    .filter((member) => member.zone === zone && member.ownership > 0)
                    .map((member) => (
                      <span
                        className={styles.memberPart}
                        data-sick={member.state !== "ACTIVE" || undefined}
                        key={member.id}
                        style={{ flexGrow: member.ownership * WHOLE }}
                      />
                    ))}
            </div>
          ))}
        </div>
      )}
      <dl className={styles.zoneFacts}>
        {ring.zones.map(({ zone, members, active, ownership }) => (
          <div key={zone}>
            <dt>{zone === "" ? t("rings.noZone") : withVisibleCharacters(zone)}</dt>
            <dd>
              {active < members ? <StatusShape tone="warning" /> : null}
              {t("rings.zoneActive", { active: formats.number(active), members: formats.number(members) })}
              {ownership > 0 ? ` · ${formats.number(ownership * 100, 1)}%` : ""}
            </dd>
          </div>
        ))}
        <div>
          <dt>{t("rings.spread")}</dt>
          <dd>{spreadText(t, ring)}</dd>
        </div>
      </dl>
    </section>
  );
}

function spreadText(t: Translate, { zones, replicationFactor }: RingView): string {
  const named = zones.filter(({ zone }) => zone !== "").length;
  if (replicationFactor === null)
    return named === 0 ? t("rings.spread.noZones") : t("rings.spread.zones", { count: named });
  if (named === 0) return t("rings.spread.noZonesFactor", { factor: replicationFactor });
  return named < replicationFactor
    ? t("rings.spread.fewZones", { count: named, factor: replicationFactor })
    : t("rings.spread.enoughZones", { count: named, factor: replicationFactor });
}
