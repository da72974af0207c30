import type { Operation } from "../../../../../src-shared/model/health/operation.ts";
import { RING_PAGES } from "../../../../../src-shared/model/health/ring.ts";
import { requestText } from "../adapters/acting-request.ts";
import { holdersOf } from "../safety/safety-view.ts";
import { act, check, effect, shown, unsupported, verify, wait, type Planned, type PlanInput } from "./planned.ts";
import type { PlanStep } from "../../../../../src-shared/model/health/operation.ts";

type Of<Kind extends Operation["kind"]> = Extract<Operation, { kind: Kind }>;

function flushSteps(instance: string): readonly PlanStep[] {
  return [
    check("read-flush", { instance }),
    act("send-flush", shown(requestText({ method: "POST", path: "/flush" }), instance), { instance }),
    wait("wait-flushed", { instance }),
    verify("verify-flush", { instance }),
  ];
}

export function planFlushIngester({ instance }: Of<"flush-ingester">): Planned {
  return {
    steps: [check("check-target", { target: instance }), ...flushSteps(instance)],
    effects: [effect("flush-writes"), effect("flush-small-chunks"), effect("flush-stays")],
    diff: "",
    undo: "none",
  };
}

/** Loki has no flush of one tenant: whoever holds streams of it is flushed whole, one after the other. */
export function planFlushTenant({ tenant }: Of<"flush-tenant">, { facts }: PlanInput): Planned {
  if (facts.ingesters === null) throw unsupported("flush-tenant", "the ingesters could not be listed");
  const holders = holdersOf(tenant, facts);
  if (holders.length === 0) throw unsupported("flush-tenant", `no ingester holds streams of ${tenant}`);
  return {
    steps: [check("check-target", { target: tenant }), ...holders.flatMap((instance) => flushSteps(instance))],
    effects: [
      effect("flush-all-tenants", { count: holders.length }),
      effect("flush-writes"),
      effect("flush-small-chunks"),
      effect("flush-stays"),
    ],
    diff: "",
    undo: "none",
  };
}

export function prepareSteps(instance: string, prepared: boolean): readonly PlanStep[] {
  const request = requestText({ method: prepared ? "POST" : "DELETE", path: "/ingester/prepare_shutdown" });
  return [
    act(prepared ? "send-prepare" : "send-unprepare", shown(request, instance), { instance }),
    verify("verify-prepared", { instance, state: prepared ? "set" : "unset" }),
  ];
}

export function planPrepareShutdown({ instance, prepared }: Of<"prepare-shutdown">): Planned {
  return {
    steps: [check("check-target", { target: instance }), ...prepareSteps(instance, prepared)],
    effects: prepared
      ? [effect("prepare-next-stop"), effect("prepare-nothing-now")]
      : [effect("unprepare-next-stop"), effect("prepare-nothing-now")],
    diff: "",
    undo: "by-hand",
  };
}

export function planShutdown({ instance, deleteRingTokens }: Of<"shutdown-ingester">, { facts }: PlanInput): Planned {
  const pod = facts.inventory?.pods?.find(({ name }) => name === instance);
  const restarts = pod?.workload != null;
  const request = requestText({
    method: "POST",
    path: "/ingester/shutdown",
    query: { flush: "true", delete_ring_tokens: String(deleteRingTokens), terminate: "true" },
  });
  return {
    steps: [
      check("check-target", { target: instance }),
      check("read-process", { instance }),
      act("send-shutdown", shown(request, instance), { instance, deleteRingTokens: String(deleteRingTokens) }),
      wait("wait-left", { instance }),
      ...(restarts ? [wait("wait-back", { instance }), verify("verify-back", { instance })] : []),
      ...(restarts ? [] : [verify("verify-gone", { instance })]),
    ],
    effects: [
      effect("shutdown-flushes"),
      effect(restarts ? "shutdown-restarts" : "shutdown-stays-down"),
      effect(deleteRingTokens ? "tokens-deleted" : "tokens-kept"),
    ],
    diff: "",
    undo: "none",
  };
}

export function planForget({ ring, member }: Of<"forget-member">, { facts }: PlanInput): Planned {
  const told = facts.rings.find((each) => each.ring === ring);
  if (told?.from == null) throw unsupported("forget-member", `nobody tells of the ${ring} ring`);
  const request = requestText({ method: "POST", path: RING_PAGES[ring], form: { forget: member } });
  return {
    steps: [
      check("check-target", { target: member }),
      act("send-forget", shown(request, told.from), { instance: told.from, ring, member }),
      verify("verify-forgotten", { ring, member }),
    ],
    effects: [effect("forget-entry-only"), ...(ring === "ingester" ? [effect("forget-unflushed")] : [])],
    diff: "",
    undo: "none",
  };
}

export function planLogLevel({ instance, level, minutes }: Of<"log-level">, { facts }: PlanInput): Planned {
  const before = facts.logLevel ?? "info";
  const request = (wanted: string) =>
    shown(requestText({ method: "POST", path: "/log_level", form: { log_level: wanted } }), instance);
  return {
    steps: [
      check("check-target", { target: instance }),
      check("read-level", { instance }),
      act("send-level", request(level), { instance, level }),
      verify("verify-level", { instance, level }),
      wait("wait-minutes", { minutes }),
      act("restore-level", request(before), { instance, level: before }),
      verify("verify-restored", { instance, level: before }),
    ],
    effects: [effect("level-one-process"), effect("level-set-back", { minutes, level: before })],
    diff: "",
    undo: "automatic",
  };
}
