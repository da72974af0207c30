import { describe, expect, it } from "vitest";
import { createDoorClient } from "../../../src-renderer/rpc/console-client.ts";
import type { DomainContract } from "../../../src-shared/api/procedure.ts";
import { consoleApi } from "../../../src-shared/api/console-api.ts";
import { AppError } from "../../../src-shared/errors/app-error.ts";
import { RemoteError } from "../../../src-shared/errors/remote-error.ts";
import type { TenantId } from "../../../src-shared/model/tenant-id.ts";
import type { Caller } from "../../../src-main/rpc/call-context.ts";
import { localCaller } from "../../../src-main/rpc/local-caller.ts";
import { serveSocket } from "../../../src-main/rpc/serve-socket.ts";
import type { HandleRight } from "../../../src-main/rpc/tenant-reach.ts";
import { consoleDoor } from "../../builders/console-door.ts";
import { REACH } from "../../builders/door-reach.ts";
import { MemoryAudit } from "../../builders/memory-audit.ts";
import { portDoor } from "../../builders/port-door.ts";
import { RecordingLogger } from "../../builders/recording-logger.ts";
import { sampleInput } from "../../builders/sample-input.ts";

/** Every procedure of the console is called at its own door, and what comes of it held against what is written down of it. */
const PROCEDURES = Object.entries(consoleApi as Readonly<Record<string, DomainContract>>).flatMap(([domain, table]) =>
  Object.entries(table).map(([name, contract]) => ({ domain, name, action: `${domain}.${name}`, contract })),
);

const CARDS: Caller = {
  ...localCaller("li (login.bank.example)", "admin", "browser"),
  key: "li",
  tenants: { kind: "listed", tenants: new Set(["cards" as TenantId]) },
  expiresAtMs: 1,
};

/** The code that each procedure fails with when it is asked about a tenant, and which handlers were reached. */
async function askAll(caller: Caller, tenant: string, right: HandleRight) {
  const reached = new Set<string>();
  const audit = new MemoryAudit();
  const handlers = Object.fromEntries(
    PROCEDURES.filter(({ action }) => action !== "session.hello").map(({ action }) => [
      action,
      () => {
        reached.add(action);
        throw new AppError("sites.unknown", { site: action });
      },
    ]),
  );
  const router = consoleDoor(handlers, { audit, rights: () => right });
  await using door = await portDoor({
    serve: (socket) => serveSocket({ router, socket, caller, logger: new RecordingLogger() }),
  });
  const client = createDoorClient(consoleApi, { url: door.url, webSocket: door.webSocket });
  const codes = new Map<string, string>();
  for (const { domain, name, action, contract } of PROCEDURES) {
    if (action === "session.hello") continue;
    // Each is called as its kind is, with an input that its own schema takes.
    const api = client.api as unknown as Record<string, Record<string, (...args: unknown[]) => unknown>>;
    const call = api[domain]?.[name];
    const input = sampleInput(contract.input, tenant);
    expect(contract.input.safeParse(input).success, action).toBe(true);
    const failure = await new Promise<unknown>((resolve) => {
      if (contract.kind === "stream") call?.(input, { onData: resolve, onError: resolve, onEnd: () => resolve(null) });
      else Promise.resolve(call?.(input)).then(resolve, resolve);
    });
    codes.set(action, failure instanceof RemoteError ? failure.wire.code : String(failure));
  }
  await client.close();
  return { reached, audit, codes };
}

const says = (action: string, ...ways: readonly string[]) =>
  (REACH[action] ?? "").split(" ").some((way) => ways.includes(way));
const others = PROCEDURES.map(({ action }) => action).filter((action) => action !== "session.hello");

describe("every procedure of the door", () => {
  it("that names another's tenant, another's things or all tenants is refused to who may see one, and recorded", async () => {
    const { reached, audit, codes } = await askAll(CARDS, "payments", "refused");
    const refused = others.filter((action) => says(action, "tenants", "every", "handle"));
    expect([...reached].sort()).toEqual(others.filter((action) => !refused.includes(action)).sort());
    for (const action of refused) {
      const code = codes.get(action) ?? "";
      if (says(action, "every")) expect([action, code]).toEqual([action, "identity.every-tenant-needed"]);
      else if (says(action, "tenants")) expect([action, code]).toEqual([action, "identity.tenant-refused"]);
      else expect(code, action).toMatch(/^(logs\.result-set|jobs\.|archive\.)(-?)unknown$/);
      expect(
        audit.entries.filter(
          ({ record, outcome }) =>
            record.action === action && record.auditClass === "security" && outcome === "refused",
        ),
        action,
      ).toHaveLength(1);
    }
  });

  it("is open to who may see the tenant it names, but for what belongs to all", async () => {
    const { reached, codes } = await askAll(CARDS, "cards", "granted");
    const shut = others.filter((action) => says(action, "every"));
    const open = others.filter((action) => !shut.includes(action));
    expect([...reached].sort()).toEqual(open.sort());
    for (const action of shut) expect(codes.get(action), action).toBe("identity.every-tenant-needed");
  });

  it("is open to who may see every tenant", async () => {
    const { reached } = await askAll(localCaller("ada", "admin", "desktop"), "payments", "refused");
    expect([...reached].sort()).toEqual([...others].sort());
  });
});
