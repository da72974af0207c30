import { request as httpsRequest } from "node:https";
import { parse } from "yaml";
import { z } from "zod";
import type { Lab } from "../../src-main/lab/lab.ts";

const kubeconfigSchema = z.object({
  clusters: z.array(z.object({ cluster: z.object({ "certificate-authority-data": z.string() }) })),
  users: z.array(z.object({ name: z.string(), user: z.object({ token: z.string() }) })),
});

export interface KubernetesAnswer {
  readonly status: number;
  readonly text: string;
}

/** Asks the lab's API server as its administrator, the certificate verified. A body that is no text is sent as JSON. */
export type AskKubernetes = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<KubernetesAnswer>;

export function kubernetesClient(lab: Lab, userName = "lab-admin"): AskKubernetes {
  const { clusters, users } = kubeconfigSchema.parse(parse(lab.kubeconfig));
  const ca = Buffer.from(clusters[0]?.cluster["certificate-authority-data"] ?? "", "base64").toString();
  const token = users.find(({ name }) => name === userName)?.user.token ?? "";
  return (method, path, body, headers = {}) =>
    new Promise((resolve, reject) => {
      const options = { method, ca, headers: { Authorization: `Bearer ${token}`, ...headers } };
      const request = httpsRequest(`${lab.kubernetesUrl}${path}`, options, (response) => {
        const pieces: Buffer[] = [];
        response.on("data", (piece: Buffer) => pieces.push(piece));
        response.once("end", () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(pieces).toString() }),
        );
        response.once("error", reject);
      });
      request.once("error", reject);
      request.end(body === undefined || typeof body === "string" ? body : JSON.stringify(body));
    });
}

const conditionSchema = z.looseObject({
  type: z.string(),
  status: z.string(),
  reason: z.string().optional(),
  message: z.string().optional(),
});

/** What tests read of an object. */
export const kubeObjectSchema = z.looseObject({
  kind: z.string().optional(),
  metadata: z.looseObject({
    name: z.string().default(""),
    uid: z.string().default(""),
    resourceVersion: z.string().default(""),
    generation: z.number().default(0),
    labels: z.record(z.string(), z.string()).default({}),
    deletionTimestamp: z.string().optional(),
  }),
  spec: z.record(z.string(), z.unknown()).default({}),
  status: z.looseObject({ conditions: z.array(conditionSchema).default([]) }).default({ conditions: [] }),
});
export type ReadObject = z.output<typeof kubeObjectSchema>;

const listSchema = z.object({ items: z.array(kubeObjectSchema) });

export function objectIn(answer: KubernetesAnswer): ReadObject {
  return kubeObjectSchema.parse(JSON.parse(answer.text));
}

export function itemsIn(answer: KubernetesAnswer): ReadObject[] {
  return listSchema.parse(JSON.parse(answer.text)).items;
}

export function conditionOf(object: ReadObject, type: string): ReadObject["status"]["conditions"][number] | undefined {
  return object.status.conditions.find((each) => each.type === type);
}
