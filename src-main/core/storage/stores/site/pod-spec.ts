import { z } from "zod";

/** What of a pod says with which files and variables its containers run (`core/v1 PodSpec`). All else is dropped. */
const list = <Item extends z.ZodType>(item: Item) =>
  z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? "");
const items = list(z.object({ key: z.string(), path: z.string() }));
const keyReference = z.object({ name: text, key: z.string() }).nullish();
const reference = z.object({ name: text }).nullish();

const variableSchema = z.object({
  name: z.string(),
  value: text,
  valueFrom: z
    .object({
      secretKeyRef: keyReference,
      configMapKeyRef: keyReference,
      fieldRef: z.object({ fieldPath: z.string() }).nullish(),
    })
    .nullish(),
});

const containerSchema = z.object({
  name: z.string(),
  command: list(z.string()),
  args: list(z.string()),
  env: list(variableSchema),
  envFrom: list(z.object({ prefix: text, secretRef: reference, configMapRef: reference })),
  volumeMounts: list(z.object({ name: z.string(), mountPath: z.string(), subPath: text })),
});

const configMapSource = z.object({ name: text, items }).nullish();
const volumeSchema = z.object({
  name: z.string(),
  configMap: configMapSource,
  secret: z.object({ secretName: text, items }).nullish(),
  projected: z
    .object({
      sources: list(z.object({ configMap: configMapSource, secret: z.object({ name: text, items }).nullish() })),
    })
    .nullish(),
});

export const podSpecSchema = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: text,
    annotations: z
      .record(z.string(), z.string())
      .nullish()
      .transform((annotations) => annotations ?? {}),
  }),
  spec: z.object({ containers: list(containerSchema), volumes: list(volumeSchema) }),
});
export type PodSpec = z.output<typeof podSpecSchema>;
export type ContainerSpec = PodSpec["spec"]["containers"][number];
export type PodVariable = z.output<typeof variableSchema>;
