import { z } from "zod";
import { hasCode } from "../../../../src-shared/errors/app-error.ts";
import type { ClusterCalls } from "./cluster-calls.ts";

/** `coordination.k8s.io/v1 LeaseSpec`, as far as an election needs it. */
export interface LeaseSpec {
  /** Left out when nobody holds it. */
  readonly holderIdentity?: string | undefined;
  readonly leaseDurationSeconds: number;
  readonly acquireTime?: string | undefined;
  readonly renewTime?: string | undefined;
  readonly leaseTransitions: number;
}

export interface Lease {
  readonly spec: LeaseSpec;
  /** Everything of `metadata`, handed back as it was; its `resourceVersion` is the precondition of an update. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Where the record is kept. Rejects with `cluster.conflict` when somebody else was first, and with others of `cluster.*`. */
export interface LeaseStore {
  /** `null` when there is none yet. */
  read(signal: AbortSignal): Promise<Lease | null>;
  create(spec: LeaseSpec, signal: AbortSignal): Promise<Lease>;
  update(lease: Lease, signal: AbortSignal): Promise<Lease>;
}

const leaseSchema = z
  .object({
    metadata: z.looseObject({ resourceVersion: z.string() }),
    spec: z
      .object({
        holderIdentity: z.string().nullish(),
        leaseDurationSeconds: z.number().nullish(),
        acquireTime: z.string().nullish(),
        renewTime: z.string().nullish(),
        leaseTransitions: z.number().nullish(),
      })
      .nullish(),
  })
  .transform(({ metadata, spec }): Lease => ({
    metadata,
    spec: {
      holderIdentity: spec?.holderIdentity ?? undefined,
      leaseDurationSeconds: spec?.leaseDurationSeconds ?? 0,
      acquireTime: spec?.acquireTime ?? undefined,
      renewTime: spec?.renewTime ?? undefined,
      leaseTransitions: spec?.leaseTransitions ?? 0,
    },
  }));

/** A Lease of the Kubernetes API. */
export function kubernetesLease(calls: ClusterCalls, namespace: string, name: string): LeaseStore {
  const all = `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases`;
  const one = `${all}/${encodeURIComponent(name)}`;
  const subject = (verb: string) => ({ verb, resource: "leases", namespace, name });
  const object = (metadata: object, spec: LeaseSpec) => ({
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata,
    spec,
  });
  return {
    async read(signal) {
      try {
        return await calls.call({ method: "GET", path: one, subject: subject("get"), signal }, leaseSchema);
      } catch (error) {
        if (hasCode(error, "cluster.gone")) return null;
        throw error;
      }
    },
    create(spec, signal) {
      const body = object({ name, namespace }, spec);
      return calls.call({ method: "POST", path: all, body, subject: subject("create"), signal }, leaseSchema);
    },
    update({ metadata, spec }, signal) {
      const body = object(metadata, spec);
      return calls.call({ method: "PUT", path: one, body, subject: subject("update"), signal }, leaseSchema);
    },
  };
}
