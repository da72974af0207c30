import { z } from "zod";
import { applyPatch } from "./collections.ts";
import { type KubeObject, textAt } from "./kube-object.ts";
import { badRequest, StatusProblem } from "./status.ts";

const scalableSchema = z.object({
  spec: z.object({
    replicas: z.number(),
    selector: z.object({ matchLabels: z.record(z.string(), z.string()).default({}) }),
  }),
  status: z.object({ replicas: z.number().default(0) }).default({ replicas: 0 }),
});

/** The scale subresource of a controller. */
export function scaleOf(object: KubeObject): Record<string, unknown> {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const { spec, status } = scalableSchema.parse(object);
  const selector = Object.entries(spec.selector.matchLabels)
    .map(([label, value]) => `${label}=${value}`)
    .join(",");
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    // Go leaves a zero out.
    spec: spec.replicas === 0 ? {} : { replicas: spec.replicas },
    status: { replicas: status.replicas, selector },
  };
}

const wantedSchema = z.object({
  metadata: z.object({ resourceVersion: z.string().optional() }).default({}),
  spec: z.object({ replicas: z.number().int().default(0) }),
});

/** A controller after a Scale was put (`patchType` null) or patched; a resource version in it must be the stored one. */
export function scaled(before: KubeObject, body: unknown, patchType: string | null): KubeObject {
  const scale = patchType === null ? body : applyPatch(scaleOf(before), patchType.split(";")[0]?.trim() ?? "", body);
  const wanted = wantedSchema.safeParse(scale);
  if (!wanted.success) throw badRequest("the object provided is unrecognized (must be of type Scale)");
  const { replicas } = wanted.data.spec;
  if (replicas < 0) {
    const why = `Invalid value: ${replicas}: must be greater than or equal to 0`;
    const name = textAt(before, "metadata.name");
    throw new StatusProblem(422, "Invalid", `Scale.autoscaling "${name}" is invalid: spec.replicas: ${why}`, {
      name,
      group: "autoscaling",
      kind: "Scale",
      causes: [{ reason: "FieldValueInvalid", message: why, field: "spec.replicas" }],
    });
  }
  const { resourceVersion } = wanted.data.metadata;
  const version = resourceVersion === undefined || resourceVersion === "" ? {} : { resourceVersion };
  const { resourceVersion: _stored, ...metadata } = before.metadata;
  return { ...before, metadata: { ...metadata, ...version }, spec: { ...before.spec, replicas } };
}
