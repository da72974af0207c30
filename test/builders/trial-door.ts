import { z } from "zod";
import { command, everyTenant, query, stream } from "../../src-shared/api/procedure.ts";
import { PROTOCOL_VERSION, sessionApi } from "../../src-shared/api/session.api.ts";
import { AppError } from "../../src-shared/errors/app-error.ts";
import type { Caller } from "../../src-main/rpc/call-context.ts";
import type { DoorConnection } from "../../src-main/rpc/door-connection.ts";
import type { HandleRight } from "../../src-main/rpc/tenant-reach.ts";
import { localCaller } from "../../src-main/rpc/local-caller.ts";
import { createRouter, type ApiHandlers, type DoorRouter } from "../../src-main/rpc/router.ts";
import { serveSocket, type KeepAlive } from "../../src-main/rpc/serve-socket.ts";
import type { ServerSocket } from "../../src-main/rpc/server-socket.ts";
import { MemoryAudit } from "./memory-audit.ts";
import { RecordingLogger } from "./recording-logger.ts";

/** A small table with one procedure for each thing that can happen at the door. */
export const trialApi = {
  session: { hello: sessionApi.hello },
  trial: {
    echo: query({
      input: z.object({ text: z.string(), repeat: z.number().int().min(1).exactOptional() }),
      output: z.object({ text: z.string() }),
      permission: "public",
      audit: "none",
    }),
    read: query({
      input: z.object({ tenant: z.string() }),
      output: z.string(),
      permission: "logs.read",
      audit: "access",
      auditSubject: ({ tenant }) => ({ tenant }),
      tenants: ({ tenant }) => [tenant],
    }),
    /** Reads of a tenant, and leaves nothing behind. */
    peek: query({
      input: z.object({ tenant: z.string() }),
      output: z.string(),
      permission: "logs.read",
      audit: "none",
      tenants: ({ tenant }) => [tenant],
    }),
    move: command({
      input: z.object({ tenant: z.string() }),
      output: z.string(),
      permission: "settings.change",
      audit: "change",
      tenants: ({ tenant }) => [tenant],
    }),
    /** As `peek`, at a site. */
    peekAt: query({
      input: z.object({ target: z.object({ site: z.string(), tenant: z.string() }) }),
      output: z.string(),
      permission: "logs.read",
      audit: "none",
      tenants: ({ target }) => [target.tenant],
    }),
    whole: query({
      input: z.void(),
      output: z.string(),
      permission: "logs.read",
      audit: "none",
      tenants: everyTenant,
    }),
    rows: query({
      input: z.object({ set: z.string() }),
      output: z.string(),
      permission: "logs.read",
      audit: "none",
      handles: ({ set }) => [{ kind: "result-set", id: set }],
    }),
    /** Answers with the tenants it is given, as a handler would that forgot to look at its caller. */
    board: query({
      input: z.object({ rows: z.array(z.string()) }),
      output: z.array(z.object({ tenant: z.string() })),
      permission: "logs.read",
      audit: "access",
      reveals: (rows) => rows.map(({ tenant }) => tenant),
    }),
    shared: stream({
      input: z.object({ tenant: z.string() }),
      output: z.object({ evidence: z.array(z.object({ params: z.record(z.string(), z.string()) })) }),
      permission: "logs.read",
      audit: "none",
      masksTenants: true,
    }),
    change: command({
      input: z.object({ to: z.number() }),
      output: z.object({ value: z.number() }),
      permission: "settings.change",
      audit: "change",
      auditSubject: ({ to }) => ({ to }),
    }),
    disturb: command({ input: z.void(), output: z.void(), permission: "lab.control", audit: "change" }),
    fail: query({ input: z.void(), output: z.void(), permission: "public", audit: "none" }),
    crash: query({ input: z.object({ how: z.string() }), output: z.void(), permission: "public", audit: "none" }),
    lie: query({ input: z.void(), output: z.object({ count: z.number() }), permission: "public", audit: "none" }),
    /** Answers when its signal is aborted, and never otherwise. */
    wait: query({ input: z.void(), output: z.void(), permission: "public", audit: "none" }),
    waitAndChange: command({ input: z.void(), output: z.void(), permission: "settings.change", audit: "change" }),
    count: stream({
      input: z.object({ to: z.number(), padding: z.number().exactOptional(), failAt: z.number().exactOptional() }),
      output: z.object({ n: z.number(), padding: z.string() }),
      permission: "public",
      audit: "none",
    }),
    /** Yields once and then waits without listening to its signal. */
    deaf: stream({ input: z.void(), output: z.number(), permission: "public", audit: "none" }),
    follow: stream({
      input: z.object({ tenant: z.string() }),
      output: z.number(),
      permission: "logs.read",
      audit: "access",
      auditSubject: ({ tenant }) => ({ tenant }),
      tenants: ({ tenant }) => [tenant],
    }),
  },
};
export type TrialApi = typeof trialApi;

/** What the trial's handlers saw. */
export interface TrialTrace {
  produced: number;
  open: number;
  aborted: number;
  value: number;
  /** Called whenever anything above changes. */
  readonly changed: Set<() => void>;
}

export class Trial {
  readonly audit = new MemoryAudit();
  readonly logger = new RecordingLogger();
  readonly trace: TrialTrace = { produced: 0, open: 0, aborted: 0, value: 0, changed: new Set() };
  readonly connections: DoorConnection[] = [];
  readonly caller: Caller;
  readonly keepAlive: KeepAlive | undefined;
  readonly router: DoorRouter;
  readOnly = false;
  /** What callers may use, by the handle's id. */
  readonly rights = new Map<string, HandleRight>();
  /** Sites whose Loki has no tenants. */
  readonly tenantlessSites = new Set<string>();

  constructor(caller: Partial<Caller> = {}, keepAlive?: KeepAlive) {
    this.caller = { ...localCaller("ada", "operator", "browser"), ...caller };
    this.keepAlive = keepAlive;
    this.router = createRouter(trialApi, {
      handlers: this.#handlers(),
      audit: this.audit,
      standing: () => ({ readOnly: this.readOnly }),
      rights: ({ id }) => this.rights.get(id) ?? "unknown",
      tellsTenantsApart: async (site) => !this.tenantlessSites.has(site),
      logger: this.logger,
    });
  }

  /** What was logged as an error: bugs. */
  get bugs() {
    return this.logger.lines.filter(({ level }) => level === "error");
  }

  serve(socket: ServerSocket): void {
    const { router, caller, logger, keepAlive } = this;
    this.connections.push(
      serveSocket({ router, socket, caller, logger, ...(keepAlive === undefined ? {} : { keepAlive }) }),
    );
  }

  /** Resolves when what the handlers saw is as wanted. */
  until(wanted: (trace: TrialTrace) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!wanted(this.trace)) return;
        this.trace.changed.delete(look);
        resolve();
      };
      this.trace.changed.add(look);
      look();
    });
  }

  #note(change: (trace: TrialTrace) => void): void {
    change(this.trace);
    for (const look of this.trace.changed) look();
  }

  #handlers(): ApiHandlers<TrialApi> {
    const waiting = async (signal: AbortSignal) => {
      this.#note((trace) => (trace.open += 1));
      await new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      }).finally(() =>
        this.#note((trace) => {
          trace.open -= 1;
          trace.aborted += 1;
        }),
      );
    };
    const note = (change: (trace: TrialTrace) => void) => this.#note(change);
    return {
      session: {
        hello: async (_input, { caller }) => ({
          protocol: PROTOCOL_VERSION,
          version: "0.0.0",
          principal: caller.principal,
          role: caller.role,
          readOnly: this.readOnly,
          permissions: [],
          shell: caller.shell,
          platform: "linux",
          profileDirectory: "/nowhere",
        }),
      },
      trial: {
        echo: async ({ text, repeat }) => ({ text: text.repeat(repeat ?? 1) }),
        read: async ({ tenant }) => `logs of ${tenant}`,
        peek: async ({ tenant }) => `labels of ${tenant}`,
        move: async ({ tenant }) => {
          this.#note((trace) => (trace.value = 1));
          return tenant;
        },
        peekAt: async ({ target }) => `labels of ${target.tenant} at ${target.site}`,
        whole: async () => "everybody's",
        rows: async ({ set }) => `rows of ${set}`,
        board: async ({ rows }) => rows.map((tenant) => ({ tenant })),
        shared: async function* ({ tenant }) {
          yield { evidence: [{ params: { tenant, reason: "rate_limited" } }, { params: { tenant: "" } }] };
        },
        change: async ({ to }) => {
          this.#note((trace) => (trace.value = to));
          return { value: to };
        },
        disturb: async () => this.#note((trace) => (trace.value = -1)),
        fail: async () => {
          throw new AppError("loki.failed", { status: 502, text: "bad gateway" }, { cause: new Error("secret-body") });
        },
        crash: async ({ how }) => {
          throw how === "string" ? how : new Error("password=hunter2 at /etc/kubemate");
        },
        // Against its own schema on purpose: what a wrong handler would do.
        lie: async () => JSON.parse('{"count":"many","password":"hunter2"}'),
        wait: (_input, { signal }) => waiting(signal),
        waitAndChange: (_input, { signal }) => waiting(signal),
        count: async function* ({ to, padding, failAt }, { signal }) {
          note((trace) => (trace.open += 1));
          try {
            for (let n = 1; n <= to && !signal.aborted; n += 1) {
              if (n === failAt) throw new AppError("loki.timed-out", { seconds: 30 });
              note((trace) => (trace.produced = n));
              yield { n, padding: "x".repeat(padding ?? 0) };
            }
          } finally {
            note((trace) => (trace.open -= 1));
          }
        },
        deaf: async function* () {
          yield 1;
          await new Promise(() => {});
        },
        follow: async function* (_input, { signal }) {
          yield 1;
          await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
        },
      },
    };
  }
}
