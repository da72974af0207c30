import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { consoleApi } from "../../../src-shared/api/console-api.ts";
import { PERMISSIONS } from "../../../src-shared/permissions/permissions.ts";
import type { Caller } from "../../../src-main/rpc/call-context.ts";
import { createDoorClient, type DoorClient } from "../../../src-renderer/rpc/console-client.ts";
import type { DoorSetup } from "../../builders/door-setup.ts";
import { portDoor } from "../../builders/port-door.ts";
import { Trial, trialApi, type TrialApi } from "../../builders/trial-door.ts";
import { failureOf } from "../../builders/door-outcome.ts";

let trial: Trial;
let setup: DoorSetup;
let client: DoorClient<TrialApi>;

async function open(caller: Partial<Caller> = {}): Promise<void> {
  trial = new Trial(caller);
  setup = await portDoor(trial);
  client = createDoorClient(trialApi, { url: setup.url, webSocket: setup.webSocket });
}

beforeEach(() => open());
afterEach(async () => {
  await client.close();
  await setup[Symbol.asyncDispose]();
});

function audited() {
  return trial.audit.entries.map(({ record, outcome, errorCode }) => ({ ...record, outcome, errorCode }));
}

describe("permission", () => {
  test("a role without the permission is refused, nothing happens, and the refusal is recorded", async () => {
    await client.close();
    await open({ principal: "eve", role: "viewer" });
    const { wire } = await failureOf(client.api.trial.change({ to: 5 }));
    expect(wire).toMatchObject({
      code: "permission.denied",
      category: "forbidden",
      params: { permission: "settings.change", role: "viewer" },
    });
    expect(trial.trace.value).toBe(0);
    expect(audited()).toEqual([
      {
        principal: "eve",
        role: "viewer",
        action: "trial.change",
        auditClass: "change",
        subject: { to: 5 },
        outcome: "refused",
        errorCode: "permission.denied",
      },
    ]);
  });

  test("who may not call learns nothing about what the input must look like", async () => {
    await client.close();
    await open({ role: "viewer" });
    const wrong = JSON.parse('{"to":"five"}') as { to: number };
    expect((await failureOf(client.api.trial.change(wrong))).wire.code).toBe("permission.denied");
  });

  test("the read-only switch takes changing permissions away while it is on", async () => {
    trial.readOnly = true;
    const { wire } = await failureOf(client.api.trial.disturb());
    expect(wire).toMatchObject({ code: "permission.read-only", params: { permission: "lab.control" } });
    expect(trial.trace.value).toBe(0);
    trial.readOnly = false;
    await client.api.trial.disturb();
    expect(trial.trace.value).toBe(-1);
    expect(audited().map(({ outcome }) => outcome)).toEqual(["refused", "succeeded"]);
  });

  test("a stream is refused like a call", async () => {
    await client.close();
    await open({ role: "auditor" });
    const refused = new Promise((_resolve, reject) => {
      client.api.trial.follow({ tenant: "alpha" }, { onData: reject, onError: reject });
    });
    expect((await failureOf(refused)).wire.code).toBe("permission.denied");
    expect(audited()).toMatchObject([{ action: "trial.follow", auditClass: "access", outcome: "refused" }]);
  });

  test("every procedure of the console names a known permission or is public", () => {
    const known = new Set<string>([...PERMISSIONS, "public"]);
    for (const [domain, contracts] of Object.entries(consoleApi)) {
      for (const [name, { permission }] of Object.entries(contracts)) {
        expect(known.has(permission), `${domain}.${name}`).toBe(true);
      }
    }
  });
});

describe("audit", () => {
  test("an entry is there before the act and tells afterwards how it went", async () => {
    await client.api.trial.change({ to: 9 });
    expect(audited()).toMatchObject([
      { principal: "ada", action: "trial.change", subject: { to: 9 }, outcome: "succeeded", errorCode: null },
    ]);
  });

  test("reading a tenant's data is recorded with the tenant", async () => {
    await client.api.trial.read({ tenant: "alpha" });
    expect(audited()).toMatchObject([
      { auditClass: "access", action: "trial.read", subject: { tenant: "alpha" }, outcome: "succeeded" },
    ]);
  });

  test("what has no audit class leaves no entry", async () => {
    await client.api.trial.echo({ text: "x" });
    expect(audited()).toEqual([]);
  });

  test("if the entry cannot be written the act does not happen", async () => {
    trial.audit.full = true;
    const { wire } = await failureOf(client.api.trial.change({ to: 9 }));
    expect(wire).toMatchObject({ code: "audit.write-failed", params: { problem: "no space left on device" } });
    expect(trial.trace.value).toBe(0);
  });

  test("if the outcome cannot be written the call is told as failed", async () => {
    trial.audit.fullAtEnd = true;
    expect((await failureOf(client.api.trial.change({ to: 9 }))).wire.code).toBe("audit.write-failed");
  });

  test("a stream is recorded when it begins and when its reader lets go", async () => {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const subscription = client.api.trial.follow({ tenant: "beta" }, { onData: resolve, onError: reject });
    await promise;
    expect(audited()).toMatchObject([{ subject: { tenant: "beta" }, outcome: "started" }]);
    subscription.unsubscribe();
    // Calls of one socket are taken in order, and the entry is in memory: after two round trips it is closed.
    await client.api.trial.echo({ text: "1" });
    await client.api.trial.echo({ text: "2" });
    expect(audited()).toMatchObject([{ subject: { tenant: "beta" }, outcome: "cancelled" }]);
  });
});

describe("what is not of the closed list", () => {
  test("a thrown error is logged whole under a reference and told as internal with that reference", async () => {
    const { wire } = await failureOf(client.api.trial.crash({ how: "error" }));
    expect(wire).toEqual({
      code: "internal",
      params: {},
      category: "internal",
      retryable: false,
      reference: "kc-00000001",
    });
    expect(String(trial.bugs[0]?.error)).toContain("hunter2");
    expect(trial.bugs[0]?.fields).toEqual({ action: "trial.crash" });
  });

  test("nothing of a thrown error is in what crosses the door", async () => {
    const frames: string[] = [];
    const Spy = class extends setup.webSocket {
      constructor(url: string | URL) {
        super(url);
        this.addEventListener("message", ({ data }) => frames.push(String(data)));
      }
    };
    const spying = createDoorClient(trialApi, { url: setup.url, webSocket: Spy });
    await failureOf(spying.api.trial.crash({ how: "error" }));
    await failureOf(spying.api.trial.crash({ how: "string" }));
    await failureOf(spying.api.trial.lie());
    await failureOf(spying.api.trial.fail());
    await spying.close();
    expect(frames.join("\n")).not.toMatch(/hunter2|\/etc\/kubemate|secret-body|stack|\.ts:/);
    expect(frames.length).toBeGreaterThanOrEqual(4);
  });

  test("a thrown string is a bug like any other", async () => {
    expect((await failureOf(client.api.trial.crash({ how: "string" }))).wire.code).toBe("internal");
  });

  test("an answer against its schema is a bug of the handler, not the caller's", async () => {
    const { wire } = await failureOf(client.api.trial.lie());
    expect(wire.code).toBe("internal");
    expect(trial.bugs.map(({ message }) => message)).toEqual(["a handler answered against its schema"]);
  });
});
