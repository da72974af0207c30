import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { type Expr, isLogExpr } from "../../../src-shared/logql/ast.ts";
import { HttpProblem } from "../http/reply.ts";
import { type LabContext, nowNs } from "./lab-context.ts";
import { parseQuery } from "./parse-query.ts";
import { parseBounds, parseLimit, RequestForm } from "./request-form.ts";
import type { LimitsView } from "./tenant-limits.ts";
import { type TailRequest, TailSession } from "./tail-session.ts";
import { requireTenant } from "./tenant-header.ts";

/** How long new tails are refused after `cut-tails`. */
const REFUSE_MS = 2_000;
const MAX_DELAY_SECONDS = 5;

/** All open tails. Parameters are checked before the upgrade, limits after it, as Loki does. */
export class TailServer {
  private readonly context: LabContext;
  private readonly sockets = new WebSocketServer({ noServer: true });
  private readonly open = new Map<Duplex, { readonly tenant: string; readonly session: TailSession }>();
  private readonly stopListening: () => void;
  private refuseUntilMs = 0;

  constructor(context: LabContext) {
    this.context = context;
    this.stopListening = context.faults.listen((fault, on) => {
      if (fault === "cut-tails" && on) this.cut();
    });
  }

  get active(): number {
    return this.open.size;
  }

  /** Reads a tail's parameters; throws Loki's refusal of them. */
  read(request: IncomingMessage, url: URL): Omit<TailRequest, "expr"> & { readonly expr: Expr } {
    const tenant = requireTenant(request, "tail");
    const form = new RequestForm(url.searchParams, new URLSearchParams());
    const categorize = String(request.headers["x-loki-response-encoding-flags"] ?? "").includes("categorize-labels");
    const expr = parseQuery(form.get("query"));
    const delaySeconds = Number(form.get("delay_for") || "0");
    if (!Number.isInteger(delaySeconds) || delaySeconds < 0) {
      throw new HttpProblem(400, `strconv.Atoi: parsing "${form.get("delay_for")}": invalid syntax`);
    }
    if (delaySeconds > MAX_DELAY_SECONDS)
      throw new HttpProblem(400, `delay_for can't be greater than ${MAX_DELAY_SECONDS}`);
    const { startNs } = parseBounds(form, nowNs(this.context));
    const legacy = url.pathname.startsWith("/api/prom/");
    return { tenant, expr, startNs, limit: parseLimit(form), delayMs: delaySeconds * 1_000, categorize, legacy };
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, url: URL, limits: LimitsView): void {
    const { expr, ...asked } = this.read(request, url);
    const { tenant } = asked;
    if (this.context.clock.nowMs() < this.refuseUntilMs) throw new HttpProblem(503, "Service Unavailable\n");

    this.sockets.handleUpgrade(request, socket, head, (opened) => {
      if (!isLogExpr(expr)) {
        opened.close(1011, "only log selector is supported");
        return;
      }
      const most = limits.of(tenant).max_concurrent_tail_requests;
      const running = [...this.open.values()].filter((each) => each.tenant === tenant).length;
      if (most > 0 && running >= most) {
        opened.close(1011, `max concurrent tail requests limit exceeded, count > limit (${running + 1} > ${most})`);
        return;
      }
      const session = new TailSession(opened, { ...asked, expr }, this.context);
      this.open.set(socket, { tenant, session });
      opened.once("close", () => this.open.delete(socket));
      // A reader that vanished shows as an error of the socket; `close` follows and tidies up.
      opened.on("error", () => {});
      session.start();
    });
  }

  close(): void {
    this.stopListening();
    for (const [socket, { session }] of this.open) {
      session.stop();
      socket.destroy();
    }
    this.open.clear();
  }

  /** Cuts every tail without a close frame, as a broken network does, and takes none for a while. */
  private cut(): void {
    this.refuseUntilMs = this.context.clock.nowMs() + REFUSE_MS;
    this.context.faults.set("cut-tails", false);
    for (const socket of this.open.keys()) {
      // An upgraded socket of a plain HTTP server is a net.Socket.
      (socket as Socket).resetAndDestroy();
    }
  }
}
