import type { ReactElement } from "react";
import type { BucketHealth, ErasureSet } from "../../../../src-shared/model/storage/bucket-health.ts";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { Facts } from "../../../components/facts.tsx";
import { Panel } from "../../../components/panel.tsx";
import { EmptyView } from "../../../components/state-views.tsx";
import { StatusShape, type StatusTone } from "../../../components/status-shape.tsx";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./bucket.module.css";
import { useFigures } from "./use-figures.ts";

/** Drives, how many more may be lost, and what heals. */
export function DrivesPanel({ health }: { readonly health: BucketHealth | null }): ReactElement {
  const t = useTranslate();
  const { number: count } = useFigures();
  if (health === null) {
    return (
      <Panel title={t("storage.drives")}>
        <EmptyView small text={t("storage.probes.noneText")} title={t("storage.drives.unknown")} />
      </Panel>
    );
  }
  const { drives, healing, erasureSets } = health;
  return (
    <Panel title={t("storage.drives")}>
      <div className={styles.stack}>
        <p className={styles.line}>
          <StatusShape tone={drives.offline === null ? "doubt" : drives.offline === 0 ? "good" : "bad"} />
          {t("storage.drives.line", {
            online: count(drives.online),
            total: count(drives.total),
            offline: count(drives.offline),
            healing: count(drives.healing),
          })}
        </p>
        <Facts
          facts={[
            { label: t("storage.drives.parity"), value: count(drives.parity) },
            { label: t("storage.drives.scanned"), value: count(healing.scannedObjects) },
            { label: t("storage.drives.healed"), value: count(healing.healedObjects) },
            { label: t("storage.drives.notHealed"), value: count(healing.failedObjects) },
          ]}
        />
        {erasureSets.length === 0 ? null : <SetTable sets={erasureSets} />}
      </div>
    </Panel>
  );
}

function setTone({ healthy, writeTolerance, readTolerance }: ErasureSet): StatusTone {
  if (healthy === false || (readTolerance ?? 0) < 0 || (writeTolerance ?? 0) < 0) return "bad";
  if (healthy === null && writeTolerance === null) return "doubt";
  return writeTolerance === 0 ? "warning" : "good";
}

function SetTable({ sets }: { readonly sets: readonly ErasureSet[] }): ReactElement {
  const t = useTranslate();
  const { number: count } = useFigures();
  return (
    <table className={styles.sets}>
      <thead>
        <tr>
          <th scope="col">{t("storage.drives.set")}</th>
          <th className={styles.end} scope="col">
            {t("storage.drives.online")}
          </th>
          <th className={styles.end} scope="col">
            {t("storage.drives.healing")}
          </th>
          <th className={styles.end} scope="col">
            {t("storage.drives.readTolerance")}
          </th>
          <th className={styles.end} scope="col">
            {t("storage.drives.writeTolerance")}
          </th>
        </tr>
      </thead>
      <tbody>
        {sets.map((set) => (
          <tr key={`${set.pool}/${set.set}`}>
            <td>
              <span className={styles.set}>
                <StatusShape tone={setTone(set)} />
                {withVisibleCharacters(`${set.pool}/${set.set}`)}
              </span>
            </td>
            <td className={styles.end}>{count(set.onlineDrives)}</td>
            <td className={styles.end}>{count(set.healingDrives)}</td>
            <td className={styles.end}>{count(set.readTolerance)}</td>
            <td className={styles.end}>{count(set.writeTolerance)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
