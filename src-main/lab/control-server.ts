import { createServer } from "node:http";
import { z } from "zod";
import { labFaultSchema } from "../../src-shared/model/lab-fault.ts";
import { listenOnLoopback, type Listening } from "./http/listen.ts";
import { readBody } from "./http/read-body.ts";
import { HttpProblem, NOT_FOUND_PAGE, type Reply, writeReply } from "./http/reply.ts";
import { type SeedRequest, seedRequestSchema } from "./seed.ts";
import type { Lab } from "./lab.ts";

const faultSchema = z.object({ fault: labFaultSchema, on: z.boolean() });

/**
 * The lab's own door, for tests and benches: `GET /status`, `GET /acting` (requests to routes that act, by method, path and
 * pod), `POST /faults {"fault","on"}`, `POST /seed` (see `SeedRequest`).
 * On loopback, as all of the lab.
 */
export function startControlServer(
  lab: Pick<Lab, "acting" | "status" | "setFault" | "settled" | "seed">,
  port: number,
): Promise<Listening> {
  const answer = async (method: string, path: string, body: () => Promise<unknown>): Promise<Reply> => {
    if (method === "GET" && path === "/status") return json(lab.status());
    if (method === "GET" && path === "/acting") return json({ requests: lab.acting() });
    if (method === "POST" && path === "/faults") {
      const { fault, on } = parsed(faultSchema, await body());
      lab.setFault(fault, on);
      await lab.settled();
      return json(lab.status());
    }
    if (method === "POST" && path === "/seed") {
      const request: SeedRequest = parsed(seedRequestSchema, await body());
      return json(lab.seed(request));
    }
    return NOT_FOUND_PAGE;
  };
  const server = createServer((request, response) => {
    const readJson = async (): Promise<unknown> => JSON.parse((await readBody(request, 1024 * 1024)).toString());
    answer(request.method ?? "GET", request.url ?? "/", readJson)
      .catch((error: unknown) =>
        error instanceof HttpProblem ? error.reply : new HttpProblem(400, `${String(error)}\n`).reply,
      )
      .then((reply) => writeReply(response, reply))
      .catch(() => response.destroy());
  });
  return listenOnLoopback(server, port);
}

function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (!result.success) throw new HttpProblem(400, `${z.prettifyError(result.error)}\n`);
  return result.data;
}

function json(value: unknown): Reply {
  return { status: 200, contentType: "application/json", body: `${JSON.stringify(value)}\n` };
}
