import type { Operation } from "../../../../src-shared/model/health/operation.ts";
import type { OperationFacts } from "./operation-facts.ts";
import { podsOf, safetyView } from "./safety/safety-view.ts";

/** What an operation is about as it was seen, by the names that a person knows things by. */
export type Fingerprint = Readonly<Record<string, string>>;

/** Takes what must not have moved between the plan and the act: processes, members, versions, statuses. */
export function fingerprintOf(operation: Operation, facts: OperationFacts): Fingerprint {
  const print: Record<string, string> = {};
  const view = safetyView(operation, facts);
  const pods = view.workload === null ? view.touched : podsOf(view.workload, facts);
  for (const name of pods) {
    const pod = facts.inventory?.pods?.find((each) => each.name === name);
    if (pod !== undefined) print[`pod ${name}`] = pod.uid;
    const started = facts.ingesters?.find(({ instance }) => instance === name)?.startedAtMs;
    if (started != null) print[`process ${name}`] = String(started);
  }
  for (const { ring, members } of facts.rings) {
    const named = operation.kind === "forget-member" && operation.ring === ring ? [operation.member] : [];
    const concerned = ring === "ingester" ? [...named, ...view.touched] : named;
    for (const { id, address, state } of members) {
      if (concerned.includes(id)) print[`${ring} ring ${id}`] = `${address} ${state}`;
    }
  }
  if ((operation.kind === "rolling-restart" || operation.kind === "scale") && facts.mark !== null) {
    const { kind, name } = operation.workload;
    print[`${kind} ${name}`] = facts.mark.resourceVersion;
  }
  if (facts.deleteRequest !== null) print[`delete request ${facts.deleteRequest.request}`] = facts.deleteRequest.status;
  return print;
}

/** The first thing that is not as it was, or is not there any more; `null` when all is. */
export function whatMoved(before: Fingerprint, now: Fingerprint): string | null {
  return Object.keys(before).find((what) => before[what] !== now[what]) ?? null;
}
