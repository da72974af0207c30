import { TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useMemo, useState, type ReactElement } from "react";
import type { RingMemberView, RingView } from "../../../../src-shared/model/health/ring.ts";
import { Button } from "../../../components/button.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { RelativeTime } from "../../../components/quantity.tsx";
import { StatusShape } from "../../../components/status-shape.tsx";
import { VirtualTable, type TableColumn } from "../../../components/virtual-table.tsx";
import type { Formats } from "../../../hooks/formats.ts";
import { useFormats } from "../../../hooks/use-formats.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useSiteHealth } from "../../../hooks/use-site-health.tsx";
import { useTranslate, type Translate } from "../../../hooks/use-translate.ts";
import { useWorkspace } from "../../../hooks/workspace-store.ts";
import { useOperations } from "../operations/operation-context.tsx";
import { compareMembers, fairShare, heartbeatAgeMs, stateTone } from "./ring-facts.ts";
import styles from "./rings.module.css";
import { useKeptOrder } from "./use-kept-order.ts";

const idOf = ({ id }: RingMemberView): string => id;

/** The members of a ring: those with trouble first when it was opened. */
export function MemberTable({ ring, occasion }: { readonly ring: RingView; readonly occasion: string }): ReactElement {
  const t = useTranslate();
  const formats = useFormats();
  const { health } = useSiteHealth();
  const { open } = useOperations();
  const noOperating = useForbidden("health.operate");
  const showHealth = useWorkspace((state) => state.showHealth);
  const selected = useWorkspace((state) => state.health.instance);
  const [search, setSearch] = useState("");
  const ordered = useKeptOrder(ring.members, idOf, compareMembers, occasion);
  const needle = search.trim().toLowerCase();
  const rows = useMemo(
    () =>
      needle === ""
        ? ordered
        : ordered.filter(({ id, zone, address, state }) =>
            `${id} ${zone} ${address} ${state}`.toLowerCase().includes(needle),
          ),
    [ordered, needle],
  );
  const known = useMemo(() => new Set(health?.instances.map(({ instance }) => instance)), [health]);
  const columns = useMemo(
    () =>
      memberColumns(t, formats, ring, {
        noOperating,
        onForget: (member) => open({ kind: "forget-member", ring: ring.ring, member }),
      }),
    [t, formats, ring, noOperating, open],
  );
  return (
    <>
      <div className={styles.filter}>
        <TextInput
          aria-label={t("rings.search")}
          className={styles.search ?? ""}
          leftSection={<IconSearch aria-hidden size={16} stroke={1.5} />}
          maxLength={200}
          onChange={(event) => setSearch(event.currentTarget.value)}
          placeholder={t("rings.search")}
          value={search}
        />
        <span className={styles.told}>
          {t("rings.shown", { count: rows.length, members: formats.number(rows.length) })}
        </span>
      </div>
      <VirtualTable
        columns={columns}
        label={t("rings.table", { ring: ring.ring })}
        onSelect={({ id }) => {
          if (known.has(id)) showHealth({ instance: id });
        }}
        rowKey={idOf}
        rows={rows}
        selected={selected}
      />
    </>
  );
}

interface Forgetting {
  readonly noOperating: string | undefined;
  readonly onForget: (member: string) => void;
}

function memberColumns(
  t: Translate,
  formats: Formats,
  ring: RingView,
  { noOperating, onForget }: Forgetting,
): readonly TableColumn<RingMemberView>[] {
  const fair = fairShare(ring.members);
  const most = Math.max(fair ?? 0, ...ring.members.map(({ ownership }) => ownership));
  return [
    {
      id: "state",
      header: t("rings.state"),
      width: "124px",
      render: ({ state }) => (
        <span className={styles.state}>
          <StatusShape tone={stateTone(state)} />
          {withVisibleCharacters(state)}
        </span>
      ),
    },
    {
      id: "member",
      header: t("rings.member"),
      width: "minmax(220px, 2fr)",
      render: ({ id, state }) => (
        <>
          <span title={withVisibleCharacters(id)}>{withVisibleCharacters(id)}</span>
          {state === "UNHEALTHY" ? (
            <span className={styles.forget}>
              <Button
                aria-label={t("rings.forgetMember", { member: withVisibleCharacters(id) })}
                compact
                disabledReason={noOperating}
                onClick={(event) => {
                  event.stopPropagation();
                  onForget(id);
                }}
              >
                {t("rings.forget")}
              </Button>
            </span>
          ) : null}
        </>
      ),
    },
    {
      id: "zone",
      header: t("rings.zone"),
      width: "minmax(88px, 1fr)",
      render: ({ zone }) => (zone === "" ? "–" : withVisibleCharacters(zone)),
    },
    {
      id: "address",
      header: t("rings.address"),
      width: "minmax(160px, 1fr)",
      render: ({ address }) => <code>{withVisibleCharacters(address)}</code>,
    },
    {
      id: "heartbeat",
      header: t("rings.heartbeat"),
      width: "92px",
      align: "end",
      render: (member) => {
        const ageMs = heartbeatAgeMs(member, ring.nowMs);
        if (ageMs === null) return <span title={t("rings.noHeartbeat")}>–</span>;
        return (
          <span title={member.heartbeatMs === null ? undefined : formats.dateTime(member.heartbeatMs)}>
            {formats.duration(ageMs)}
          </span>
        );
      },
    },
    {
      id: "tokens",
      header: t("rings.tokens"),
      width: "76px",
      align: "end",
      render: ({ tokens }) => formats.number(tokens),
    },
    {
      id: "ownership",
      header: t("rings.ownership"),
      width: "152px",
      render: ({ ownership }) => <OwnershipBar fair={fair} formats={formats} most={most} ownership={ownership} t={t} />,
    },
    {
      id: "registered",
      header: t("rings.registered"),
      width: "104px",
      render: ({ registeredMs }) =>
        registeredMs === null ? <span title={t("rings.noRegistered")}>–</span> : <RelativeTime atMs={registeredMs} />,
    },
    {
      id: "readOnly",
      header: t("rings.readOnly"),
      width: "88px",
      render: ({ readOnly }) => (readOnly ? t("rings.yes") : "–"),
    },
  ];
}

interface OwnershipBarProps {
  readonly ownership: number;
  readonly fair: number | null;
  /** What the whole bar stands for. */
  readonly most: number;
  readonly formats: Formats;
  readonly t: Translate;
}

/** How much of the circle it owns; the mark is the fair share. */
function OwnershipBar({ ownership, fair, most, formats, t }: OwnershipBarProps): ReactElement {
  const percent = `${formats.number(ownership * 100, ownership < 0.1 ? 2 : 1)}%`;
  if (fair === null || most === 0) return <span>{percent}</span>;
  const times = t("rings.timesFair", {
    times: formats.number(ownership / fair, 2),
    fair: `${formats.number(fair * 100, 2)}%`,
  });
  return (
    <span className={styles.ownership} title={times}>
      <svg aria-hidden className={styles.bar} height="8" preserveAspectRatio="none" viewBox="0 0 100 8" width="72">
        <rect className={styles.barGround} height="8" width="100" />
        <rect className={styles.barValue} height="8" width={(ownership / most) * 100} />
        <rect className={styles.barMark} height="8" width="1" x={Math.min(99, (fair / most) * 100)} />
      </svg>
      <span className={styles.percent}>{percent}</span>
      <span className="visually-hidden">{times}</span>
    </span>
  );
}
