import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { OperationFacts } from "../../../src-main/core/health/operations/operation-facts.ts";
import { SAFETY_RULES, safeNow } from "../../../src-main/core/health/operations/safe-now.ts";
import { deleteRequestSchema } from "../../../src-shared/model/health/delete-request.ts";
import {
  type Operation,
  OPERATION_KINDS,
  SAFETY_REASONS,
  type SafetyReasonKind,
} from "../../../src-shared/model/health/operation.ts";
import type { RingMemberView, RingView } from "../../../src-shared/model/health/ring.ts";
import { tenantIdSchema } from "../../../src-shared/model/tenant-id.ts";
import { boardOf } from "../../builders/health-board.ts";
import {
  COMPACTOR,
  facts,
  INGESTERS,
  inventory,
  judged,
  member,
  NOW,
  reading,
  ring,
  SITE,
  STATEFUL,
  workload,
} from "../../builders/operation-facts.ts";

const TENANT = tenantIdSchema.parse("cards");

const FLUSH: Operation = { kind: "flush-ingester", instance: "ingester-1" };
const SHUTDOWN: Operation = { kind: "shutdown-ingester", instance: "ingester-1", deleteRingTokens: true };
const RESTART: Operation = { kind: "rolling-restart", workload: STATEFUL };
const FORGET: Operation = { kind: "forget-member", ring: "ingester", member: "ingester-1" };
const SCALE_DOWN: Operation = { kind: "scale", workload: STATEFUL, replicas: 2 };
const PREPARE: Operation = { kind: "prepare-shutdown", instance: "ingester-1", prepared: true };
const LEVEL: Operation = { kind: "log-level", instance: "ingester-1", level: "debug", minutes: 10 };
const CANCEL: Operation = { kind: "cancel-delete", tenant: TENANT, request: "86204a5c" };
const ALL: readonly Operation[] = [
  FLUSH,
  { kind: "flush-tenant", tenant: TENANT },
  PREPARE,
  SHUTDOWN,
  FORGET,
  RESTART,
  SCALE_DOWN,
  LEVEL,
  CANCEL,
];

const DEAD_MEMBER = {
  rings: [ring([member("ingester-0"), member("ingester-1", { state: "UNHEALTHY" }), member("ingester-2")])],
  board: judged("ingester-1", { verdict: "down", outcome: "unreachable" }),
};

const EVIDENCE = {
  metric: "m",
  unit: "count",
  own: 1,
  matesMedian: null,
  spread: null,
  score: null,
  sinceMs: 0,
  params: {},
} as const;

describe("safe now?", () => {
  it.each(ALL.filter(({ kind }) => kind !== "forget-member" && kind !== "scale"))(
    "$kind is safe while everybody is well",
    (operation) => {
      expect(safeNow(operation, facts())).toMatchObject({ answer: "yes", checkedAtMs: NOW });
    },
  );

  it("to forget a member is safe when its heartbeat is too old and its process does not answer", () => {
    expect(safeNow(FORGET, facts(DEAD_MEMBER))).toMatchObject({ answer: "yes", reasons: [] });
    expect(safeNow(FORGET, facts(DEAD_MEMBER)).checked).toContain("member-alive");
  });

  it("says what was looked at and found well", () => {
    expect(safeNow(SHUTDOWN, facts()).checked).toEqual([
      "other-operation",
      "board-stale",
      "ring-unread",
      "factor-unknown",
      "replication-too-low",
      "too-few-healthy",
      "zone-at-risk",
      "mates-gray",
      "not-in-ring",
      "shutdown-prepared",
      "wal-replaying",
      "store-trouble",
      "flush-behind",
      "never-flushed",
      "workloads-unread",
      "budgets-unread",
      "budget-exhausted",
      "rollout-running",
    ]);
  });

  type Case = readonly [SafetyReasonKind, "no" | "unknown" | "yes", Operation, string, Partial<OperationFacts>];
  const sick = (id: string, change: Partial<RingMemberView>) =>
    ring(INGESTERS.map((each) => (each === id ? member(each, change) : member(each))));
  const unzoned = (count: number, factor: number, sickOnes = 0) =>
    ring(
      Array.from({ length: count }, (_each, at) =>
        member(`ingester-${at}`, { zone: "", state: at >= count - sickOnes ? "UNHEALTHY" : "ACTIVE" }),
      ),
      { replicationFactor: factor },
    );
  const cases: readonly Case[] = [
    ["replication-too-low", "no", SHUTDOWN, "a replication factor of 1", { rings: [unzoned(3, 1)] }],
    ["replication-too-low", "no", RESTART, "a factor of 2, which bears no loss", { rings: [unzoned(3, 2)] }],
    [
      "single-replica-data",
      "unknown",
      FORGET,
      "a factor of 1",
      {
        rings: [{ ...DEAD_MEMBER.rings[0], replicationFactor: 1 } as RingView],
        board: DEAD_MEMBER.board,
      },
    ],
    ["too-few-healthy", "no", SHUTDOWN, "another one that is unhealthy, without zones", { rings: [unzoned(5, 3, 1)] }],
    [
      "zone-at-risk",
      "no",
      SHUTDOWN,
      "another zone that has lost one",
      { rings: [sick("ingester-2", { state: "UNHEALTHY" })] },
    ],
    ["zone-at-risk", "no", RESTART, "a member that leaves", { rings: [sick("ingester-0", { state: "LEAVING" })] }],
    [
      "zone-at-risk",
      "no",
      SHUTDOWN,
      "a killed one that the ring calls ACTIVE",
      {
        board: judged("ingester-2", { verdict: "down", outcome: "unreachable" }),
      },
    ],
    ["mates-gray", "no", SHUTDOWN, "a gray mate in another zone", { board: judged("ingester-0", { verdict: "gray" }) }],
    ["mates-gray", "yes", FLUSH, "a gray mate", { board: judged("ingester-0", { verdict: "gray" }) }],
    [
      "wal-replaying",
      "no",
      SHUTDOWN,
      "a mate that replays its WAL",
      {
        ingesters: [reading("ingester-0", { loki_ingester_wal_replay_active: 1 }), reading("ingester-1")],
      },
    ],
    [
      "wal-replaying",
      "unknown",
      FLUSH,
      "its own WAL being replayed",
      {
        ingesters: [reading("ingester-1", { loki_ingester_wal_replay_active: 1 })],
      },
    ],
    [
      "budget-exhausted",
      "no",
      SHUTDOWN,
      "a budget that is used up",
      {
        inventory: inventory({ budgets: [{ name: "b", namespace: "loki", pods: INGESTERS, disruptionsAllowed: 0 }] }),
      },
    ],
    [
      "budgets-unread",
      "unknown",
      SHUTDOWN,
      "budgets that may not be read",
      { inventory: inventory({ budgets: null }) },
    ],
    ["workloads-unread", "unknown", SHUTDOWN, "no cluster", { inventory: null }],
    [
      "rollout-running",
      "no",
      SHUTDOWN,
      "a rollout of the ingesters",
      {
        inventory: inventory({ workloads: [workload({ updated: 1 })] }),
      },
    ],
    [
      "rollout-running",
      "no",
      RESTART,
      "a spec that nobody has seen yet",
      {
        inventory: inventory({ workloads: [workload({ observed: false })] }),
      },
    ],
    ["other-operation", "no", LEVEL, "another operation", { running: [FLUSH] }],
    [
      "store-trouble",
      "no",
      FLUSH,
      "an object store that is down",
      {
        board: {
          ...boardOf(SITE, [], NOW),
          causes: [{ kind: "object-store-outage", tenant: null, metric: "m", value: 1, before: null }],
        },
      },
    ],
    [
      "store-trouble",
      "no",
      SHUTDOWN,
      "its own puts failing",
      {
        board: judged("ingester-1", { evidence: [{ ...EVIDENCE, kind: "put-failing" }] }),
      },
    ],
    [
      "flush-behind",
      "unknown",
      SHUTDOWN,
      "a queue far longer than its mates'",
      {
        ingesters: [
          reading("ingester-0"),
          reading("ingester-1", { loki_ingester_flush_queue_length: 700 }),
          reading("ingester-2"),
        ],
      },
    ],
    [
      "flush-behind",
      "yes",
      FLUSH,
      "the queue that is to be drained",
      {
        ingesters: [
          reading("ingester-0"),
          reading("ingester-1", { loki_ingester_flush_queue_length: 700 }),
          reading("ingester-2"),
        ],
      },
    ],
    [
      "never-flushed",
      "unknown",
      SHUTDOWN,
      "no flush in an hour of watching",
      {
        lastFlush: new Map([["ingester-1", { atMs: null, sinceMs: NOW - 3_600_000 }]]),
      },
    ],
    [
      "shutdown-prepared",
      "unknown",
      RESTART,
      "a marker by which it would leave the ring",
      {
        ingesters: [reading("ingester-1", { loki_ingester_shutdown_marker: 1 })],
      },
    ],
    [
      "already-so",
      "no",
      PREPARE,
      "a marker that is set",
      {
        ingesters: [reading("ingester-1", { loki_ingester_shutdown_marker: 1 })],
      },
    ],
    ["already-so", "no", LEVEL, "a level that it has", { logLevel: "debug" }],
    ["already-so", "no", { kind: "scale", workload: STATEFUL, replicas: 3 }, "as many as there are", {}],
    ["not-in-ring", "no", FORGET, "a member that nobody knows", { rings: [ring([member("ingester-0")])] }],
    ["member-alive", "no", FORGET, "a member that sends heartbeats", {}],
    ["member-alive", "no", FORGET, "a process that answers, whatever the ring says", { rings: DEAD_MEMBER.rings }],
    ["last-instance", "no", { kind: "scale", workload: STATEFUL, replicas: 0 }, "nobody left", {}],
    ["last-instance", "yes", { kind: "rolling-restart", workload: COMPACTOR }, "one compactor by design", {}],
    ["two-compactors", "no", { kind: "scale", workload: COMPACTOR, replicas: 2 }, "a second compactor", {}],
    ["below-replication", "no", SCALE_DOWN, "two ingesters left of three", {}],
    [
      "autoscaled",
      "no",
      { kind: "scale", workload: STATEFUL, replicas: 4 },
      "an autoscaler",
      {
        inventory: inventory({ workloads: [workload({ autoscaler: "hpa" })] }),
      },
    ],
    [
      "past-cancelling",
      "no",
      CANCEL,
      "a request that is half done",
      {
        deleteRequest: {
          ...(facts().deleteRequest ?? deleteRequestSchema.parse({})),
          status: "42% Complete",
          cancellable: false,
        },
      },
    ],
    ["ring-unread", "unknown", SHUTDOWN, "a ring that nobody tells", { rings: [] }],
    [
      "factor-unknown",
      "unknown",
      SHUTDOWN,
      "a factor that nobody tells",
      {
        rings: [
          ring(
            INGESTERS.map((id) => member(id)),
            { replicationFactor: null },
          ),
        ],
      },
    ],
    ["board-stale", "unknown", FLUSH, "a board of five minutes ago", { board: boardOf(SITE, [], NOW - 300_000) }],
    ["board-stale", "unknown", FLUSH, "no board", { board: null }],
    ["board-stale", "yes", LEVEL, "no board, which a log level does not need", { board: null }],
    ["all-tenants", "yes", { kind: "flush-tenant", tenant: TENANT }, "every flush of a tenant", {}],
    [
      "rejoins-with-same-tokens",
      "yes",
      { kind: "shutdown-ingester", instance: "ingester-1", deleteRingTokens: false },
      "tokens that are kept",
      {},
    ],
  ];

  it.each(cases)("%s: %s for $2.kind with %3$s", (kind, answer, operation, _what, change) => {
    const safe = safeNow(operation, facts(change));
    expect(safe.reasons.map((reason) => reason.kind)).toContain(kind);
    expect(safe.checked).not.toContain(kind);
    expect(safe.answer).toBe(answer);
  });

  it("has a rule for every reason, and a case for every rule", () => {
    expect(new Set(SAFETY_RULES.map(({ kind }) => kind))).toEqual(new Set(SAFETY_REASONS));
    expect(new Set(cases.map(([kind]) => kind))).toEqual(new Set(SAFETY_REASONS));
    expect(new Set(ALL.map(({ kind }) => kind))).toEqual(new Set(OPERATION_KINDS));
  });

  it("of one zone several may be touched, of two none may", () => {
    const six = ring(
      Array.from({ length: 6 }, (_each, at) => member(`ingester-${at}`, at === 4 ? { state: "UNHEALTHY" } : {})),
    );
    const sameZone: Operation = { kind: "shutdown-ingester", instance: "ingester-1", deleteRingTokens: true };
    const otherZone: Operation = { kind: "shutdown-ingester", instance: "ingester-0", deleteRingTokens: true };
    expect(safeNow(sameZone, facts({ rings: [six] })).answer).toBe("yes");
    expect(safeNow(otherZone, facts({ rings: [six] })).answer).toBe("no");
  });

  it("never says yes when what takes an ingester away could not be looked at", () => {
    const gaps: readonly Partial<OperationFacts>[] = [
      { board: null },
      { rings: [] },
      { inventory: null },
      { inventory: inventory({ budgets: null }) },
      { inventory: inventory({ workloads: null }) },
      {
        rings: [
          ring(
            INGESTERS.map((id) => member(id)),
            { replicationFactor: null },
          ),
        ],
      },
    ];
    fc.assert(
      fc.property(
        fc.subarray([...gaps], { minLength: 1 }),
        fc.constantFrom(SHUTDOWN, RESTART),
        (missing, operation) => {
          const change: Partial<OperationFacts> = Object.assign({}, ...missing);
          expect(safeNow(operation, facts(change)).answer).not.toBe("yes");
        },
      ),
    );
  });
});
