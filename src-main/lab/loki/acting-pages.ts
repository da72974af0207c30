import { emptyReply, errorReply, type Reply } from "../http/reply.ts";
import type { ComponentServer } from "./component-server.ts";
import type { LabContext } from "./lab-context.ts";
import type { RequestForm } from "./request-form.ts";

/** How long Loki tries to change a ring before it says that nothing was changed. */
const NO_CHANGE_AFTER_MS = 9_000;
/** How long a shutdown with flush keeps its caller waiting. */
const SHUTDOWN_MS = 3_200;

/** Keys of the rings in the KV store. */
const RING_KEYS: Readonly<Record<string, string>> = {
  ingester: "ring",
  ruler: "rulers",
};

/** `POST forget=<id>`: 302 to the same page; an id that is in no ring is 500, after Loki has tried for nine seconds. */
export async function forgetMember(
  context: LabContext,
  ring: string,
  members: readonly string[],
  form: RequestForm,
): Promise<Reply> {
  const { simulation, clock } = context;
  const id = form.get("forget");
  const done = ring === "ingester" ? simulation.forget(id, clock.nowMs()) : members.includes(id);
  if (done) return { ...emptyReply(302), headers: { Location: "#" } };
  await clock.sleep(NO_CHANGE_AFTER_MS);
  const key = `collectors/${RING_KEYS[ring] ?? ring}`;
  return errorReply(500, `error forgetting instance '${id}': failed to CAS-update key ${key}: no change detected\n`);
}

/** `/flush`: 204 at once. An ingester flushes what it has; the lab's own Loki, all there is. */
export function flushReply({ store, simulation, clock }: LabContext, { pod }: ComponentServer): Reply {
  for (const tenant of store.all()) tenant.flush();
  if (pod !== null) simulation.flush(pod, clock.nowMs());
  return emptyReply(204);
}

/** `/ingester/prepare_shutdown`: GET tells, POST sets, DELETE takes back. */
export function prepareShutdownReply(
  { simulation, clock }: LabContext,
  { pod }: ComponentServer,
  method: string,
): Reply {
  if (method === "POST" || method === "DELETE") {
    if (pod !== null) simulation.setShutdownMarker(pod, method === "POST", clock.nowMs());
    return emptyReply(204);
  }
  const set = pod !== null && simulation.shutdownMarker(pod);
  return { status: 200, contentType: "text/plain", body: set ? "set" : "unset" };
}

/** `/ingester/shutdown`, by GET as well as by POST: it flushes, leaves the ring and ends; Kubernetes starts it again. */
export async function shutdownReply(context: LabContext, { pod }: ComponentServer, url: URL): Promise<Reply> {
  const { simulation, clock } = context;
  const flush = url.searchParams.get("flush") !== "false";
  const deletesTokens = url.searchParams.get("delete_ring_tokens") === "true";
  if (pod === null || !simulation.shutdown(pod, { flush, deletesTokens }, clock.nowMs())) {
    return errorReply(503, "Ingester is stopping or already stopped.\n");
  }
  await clock.sleep(flush ? SHUTDOWN_MS : 200);
  return emptyReply(204);
}
