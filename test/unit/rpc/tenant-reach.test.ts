import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { localCaller } from "../../../src-main/rpc/local-caller.ts";
import { MASKED_TENANT } from "../../../src-main/rpc/tenant-reach.ts";
import { createDoorClient, type DoorClient } from "../../../src-renderer/rpc/console-client.ts";
import type { StreamObserver, Subscription } from "../../../src-shared/api/client.ts";
import { RemoteError } from "../../../src-shared/errors/remote-error.ts";
import type { TenantId } from "../../../src-shared/model/tenant-id.ts";
import { failureOf } from "../../builders/door-outcome.ts";
import type { DoorSetup } from "../../builders/door-setup.ts";
import { portDoor } from "../../builders/port-door.ts";
import { Trial, trialApi, type TrialApi } from "../../builders/trial-door.ts";

const CARDS = {
  ...localCaller("li (login.bank.example)", "operator", "browser"),
  key: "li",
  tenants: { kind: "listed", tenants: new Set(["cards" as TenantId]) },
  expiresAtMs: 1,
} as const;

let trial: Trial;
let setup: DoorSetup;
let client: DoorClient<TrialApi>;

async function open(caller: ConstructorParameters<typeof Trial>[0] = CARDS): Promise<void> {
  trial = new Trial(caller);
  setup = await portDoor(trial);
  client = createDoorClient(trialApi, { url: setup.url, webSocket: setup.webSocket });
}

afterEach(async () => {
  await client.close();
  await setup[Symbol.asyncDispose]();
});

/** How a stream ends: its values, then what it failed with. */
function stream<Value>(subscribe: (observer: StreamObserver<Value>) => Subscription) {
  return new Promise<{ values: Value[]; code: string | null }>((resolve) => {
    const values: Value[] = [];
    subscribe({
      onData: (value) => values.push(value),
      onError: (error) => resolve({ values, code: error instanceof RemoteError ? error.wire.code : String(error) }),
      onEnd: () => resolve({ values, code: null }),
    });
  });
}

const refusals = () =>
  trial.audit.entries
    .filter(({ outcome }) => outcome === "refused")
    .map(({ record, errorCode }) => ({
      action: record.action,
      auditClass: record.auditClass,
      reached: record.subject["reached"],
      principal: record.principal,
      errorCode,
    }));

const refused = (action: string, reached: string, errorCode = "identity.tenant-refused") => ({
  action,
  auditClass: "security",
  reached,
  principal: CARDS.principal,
  errorCode,
});

describe("a caller of one tenant", () => {
  test("is let through to their own tenant by every kind of procedure", async () => {
    await open();
    expect(await client.api.trial.read({ tenant: "cards" })).toBe("logs of cards");
    expect(await client.api.trial.peek({ tenant: "cards" })).toBe("labels of cards");
    expect(await client.api.trial.move({ tenant: "cards" })).toBe("cards");
    expect(refusals()).toEqual([]);
  });

  test("is refused another's by a query, a command and a stream, and each attempt is a security entry", async () => {
    await open();
    for (const call of [
      client.api.trial.read({ tenant: "payments" }),
      client.api.trial.peek({ tenant: "payments" }),
      client.api.trial.move({ tenant: "payments" }),
    ]) {
      expect((await failureOf(call)).wire).toMatchObject({
        code: "identity.tenant-refused",
        category: "forbidden",
        params: { tenant: "payments" },
      });
    }
    const { values, code } = await stream((observer) => client.api.trial.follow({ tenant: "payments" }, observer));
    expect({ values, code }).toEqual({ values: [], code: "identity.tenant-refused" });
    expect(trial.trace.value).toBe(0);
    expect(refusals()).toEqual(
      ["trial.read", "trial.peek", "trial.move", "trial.follow"].map((action) => refused(action, "payments")),
    );
  });

  test("is refused what belongs to all tenants together", async () => {
    await open();
    expect((await failureOf(client.api.trial.whole())).wire.code).toBe("identity.every-tenant-needed");
    expect(refusals()).toEqual([refused("trial.whole", "*", "identity.every-tenant-needed")]);
  });

  test("never gets to another tenant by any text, nor to two at once", async () => {
    await open();
    const tricks = [
      "cards|payments",
      "payments|cards",
      "Cards",
      "cards ",
      " cards",
      "cards\n",
      "cards\0",
      "",
      ".",
      "çards",
    ];
    const text = fc.oneof(
      fc.constantFrom(...tricks),
      fc.string(),
      fc.string().map((rest) => `cards${rest}`),
    );
    await fc.assert(
      fc.asyncProperty(
        text.filter((tenant) => tenant !== "cards"),
        async (tenant) => {
          expect((await failureOf(client.api.trial.peek({ tenant }))).wire.code).toBe("identity.tenant-refused");
        },
      ),
      { numRuns: 60 },
    );
  });

  test("is refused at a Loki without tenants, which would answer with everybody's, unless its only one is theirs", async () => {
    await open();
    trial.tenantlessSites.add("small");
    const at = (site: string, tenant: string) => client.api.trial.peekAt({ target: { site, tenant } });
    expect(await at("large", "cards")).toBe("labels of cards at large");
    expect((await failureOf(at("small", "cards"))).wire).toMatchObject({
      code: "identity.tenant-refused",
      params: { tenant: "fake" },
    });
    expect(refusals()).toEqual([refused("trial.peekAt", "fake")]);
    await client.close();
    await setup[Symbol.asyncDispose]();
    await open({ ...CARDS, tenants: { kind: "listed", tenants: new Set(["fake" as TenantId]) } });
    trial.tenantlessSites.add("small");
    expect(await at("small", "fake")).toBe("labels of fake at small");
  });

  test("is told of another's result set what is told of one that never was, and only the attempt is recorded", async () => {
    await open();
    trial.rights.set("set-mine", "granted");
    trial.rights.set("set-theirs", "refused");
    expect(await client.api.trial.rows({ set: "set-mine" })).toBe("rows of set-mine");
    const theirs = await failureOf(client.api.trial.rows({ set: "set-theirs" }));
    expect(theirs.wire).toMatchObject({ code: "logs.result-set-unknown", params: { id: "set-theirs" } });
    expect(await client.api.trial.rows({ set: "set-gone" })).toBe("rows of set-gone");
    expect(refusals()).toEqual([refused("trial.rows", "set-theirs")]);
  });

  test("does not get an answer that speaks of others, whatever the handler made", async () => {
    await open();
    expect(await client.api.trial.board({ rows: ["cards", "cards"] })).toHaveLength(2);
    const { wire } = await failureOf(client.api.trial.board({ rows: ["cards", "payments"] }));
    expect(wire.code).toBe("identity.tenant-refused");
    expect(refusals()).toEqual([refused("trial.board", "payments")]);
    expect(trial.audit.entries.filter(({ outcome }) => outcome === "failed")).toHaveLength(1);
  });

  test("reads what is shared with other tenants' names made unreadable", async () => {
    await open();
    const { values } = await stream((observer) => client.api.trial.shared({ tenant: "payments" }, observer));
    expect(values).toEqual([
      { evidence: [{ params: { tenant: MASKED_TENANT, reason: "rate_limited" } }, { params: { tenant: "" } }] },
    ]);
    const own = await stream((observer) => client.api.trial.shared({ tenant: "cards" }, observer));
    expect(JSON.stringify(own.values)).toContain('"cards"');
    expect(refusals()).toEqual([]);
  });

  test("is told nothing of it when the attempt cannot be recorded, and gets nothing either", async () => {
    await open();
    trial.audit.full = true;
    expect((await failureOf(client.api.trial.peek({ tenant: "payments" }))).wire.code).toBe("audit.write-failed");
  });
});

describe("a caller of every tenant", () => {
  test("is refused nothing, and what is wrong with a tenant's name is left to its domain", async () => {
    await open({ role: "operator" });
    expect(await client.api.trial.read({ tenant: "a|b" })).toBe("logs of a|b");
    expect(await client.api.trial.whole()).toBe("everybody's");
    expect(await client.api.trial.board({ rows: ["payments"] })).toHaveLength(1);
    const { values } = await stream((observer) => client.api.trial.shared({ tenant: "payments" }, observer));
    expect(JSON.stringify(values)).toContain("payments");
    expect(refusals()).toEqual([]);
  });
});
