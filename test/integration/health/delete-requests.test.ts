import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { createDirectTransport } from "../../../src-main/core/clusters/adapters/direct-transport.ts";
import type { LokiTransport } from "../../../src-main/core/clusters/loki-transport.ts";
import { systemClock } from "../../../src-main/core/common/clock.ts";
import {
  deleteRequestActions,
  listDeleteRequests,
} from "../../../src-main/core/health/operations/adapters/delete-requests.ts";
import { PodProgram } from "../../builders/loki-behind-cluster.ts";

const never = new AbortController().signal;
const exchanges = z
  .array(
    z.object({
      request: z.object({ method: z.string(), path: z.string(), tenant: z.string().nullable() }),
      response: z.object({ status: z.number(), headers: z.record(z.string(), z.string()), body: z.string() }),
    }),
  )
  .parse(JSON.parse(readFileSync(new URL("../../fixtures/health/operations/deletes.json", import.meta.url), "utf8")));

let compactor: PodProgram;
let transport: LokiTransport;

/** Answers with what a real compactor answered to this method and path, the first that was recorded. */
beforeEach(async () => {
  compactor = await PodProgram.start("compactor");
  compactor.handler = (request, response) => {
    const found = exchanges.find((each) => each.request.method === request.method && each.request.path === request.url);
    response.writeHead(found?.response.status ?? 500, found?.response.headers ?? {});
    response.end(found?.response.body ?? "not recorded");
  };
  transport = createDirectTransport({
    url: `http://127.0.0.1:${compactor.port}`,
    auth: { kind: "none" },
    secret: () => Promise.reject(new Error("no secret is needed")),
    clock: systemClock,
  });
});
afterEach(async () => {
  await transport[Symbol.asyncDispose]();
  await compactor[Symbol.asyncDispose]();
});

describe("delete requests as a compactor tells them", () => {
  it("have times in milliseconds, and can be cancelled while they are only received", async () => {
    expect(await listDeleteRequests(transport, "acme", never)).toEqual([
      {
        request: "e139dda1",
        tenant: "acme",
        query: '{app="mailer"} |= "cache miss"',
        startMs: 1_795_351_533_000,
        endMs: 1_795_355_133_000,
        createdAtMs: 1_795_355_134_956,
        status: "received",
        cancellable: true,
      },
    ]);
    expect(compactor.requests[0]?.headers["x-scope-orgid"]).toBe("acme");
  });

  it("of every recorded list are read", async () => {
    const lists = exchanges.filter(({ request, response }) => request.method === "GET" && response.status === 200);
    const states = new Map<string, boolean>();
    for (const { response } of lists) {
      compactor.handler = (_request, reply) => reply.writeHead(200, response.headers).end(response.body);
      // oxlint-disable-next-line no-await-in-loop -- one handler at a time
      for (const each of await listDeleteRequests(transport, "acme", never)) states.set(each.status, each.cancellable);
    }
    expect([...states]).toEqual(
      expect.arrayContaining([
        ["received", true],
        ["processed", false],
      ]),
    );
  });

  it("that are none are told: HTML, another form, no tenant", async () => {
    for (const [status, body] of [
      [200, "<html>"],
      [200, "{}"],
      [401, "no org id\n"],
      [500, "boom"],
    ] as const) {
      compactor.handler = (_request, reply) => reply.writeHead(status).end(body);
      // oxlint-disable-next-line no-await-in-loop -- one handler at a time
      await expect(listDeleteRequests(transport, "acme", never)).rejects.toMatchObject({
        code: status === 401 ? "loki.unauthorized" : "loki.bad-response",
      });
    }
  });

  it("are cancelled one by one, by their id and without force", async () => {
    const actions = deleteRequestActions(transport);
    expect(await actions.cancel("acme", "75d5675c", never)).toEqual({ status: 204, text: "" });
    expect(await actions.cancel("acme", "deadbeef", never)).toMatchObject({ status: 404 });
    expect(await actions.cancel("acme", "e139dda1", never)).toMatchObject({
      status: 400,
      text: expect.stringContaining("past the deadline"),
    });
    expect(compactor.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      "DELETE /loki/api/v1/delete?request_id=75d5675c",
      "DELETE /loki/api/v1/delete?request_id=deadbeef",
      "DELETE /loki/api/v1/delete?request_id=e139dda1",
    ]);
  });

  it("are not cancelled by an empty id, which would cancel all of them: nothing is sent", async () => {
    const actions = deleteRequestActions(transport);
    for (const empty of ["", " ", "\t\n"]) {
      // oxlint-disable-next-line no-await-in-loop -- each for itself
      await expect(actions.cancel("acme", empty, never)).rejects.toMatchObject({ code: "operation.unsupported" });
    }
    expect(compactor.requests).toEqual([]);
  });

  it("cancelled over a way that breaks may be cancelled: it is told so, and not sent again", async () => {
    compactor.handler = (request) => request.socket.destroy();
    await expect(deleteRequestActions(transport).cancel("acme", "75d5675c", never)).rejects.toMatchObject({
      code: "operation.outcome-unknown",
    });
    expect(compactor.requests).toHaveLength(1);
  });
});
