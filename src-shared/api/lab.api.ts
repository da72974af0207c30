import { z } from "zod";
import { labFaultSchema } from "../model/lab-fault.ts";
import { command, everyTenant, query } from "./procedure.ts";

export const labStatusSchema = z.object({
  running: z.boolean(),
  lokiUrl: z.string().optional(),
  kubernetesUrl: z.string().optional(),
  /** Its S3, path style; the keys are in Secrets of its Kubernetes. */
  s3Url: z.string().exactOptional(),
  kubeconfig: z.string().optional(),
  tenants: z.array(z.string()),
  /** Names of the ingesters' pods, which faults may name. */
  ingesters: z.array(z.string()).exactOptional(),
  /** Names of all pods of Loki. */
  pods: z.array(z.string()).exactOptional(),
  faults: z.array(labFaultSchema),
});
export type LabStatus = z.infer<typeof labStatusSchema>;

export const labApi = {
  status: query({ input: z.void(), output: labStatusSchema, permission: "sites.read", audit: "none" }),
  setFault: command({
    input: z.object({ fault: labFaultSchema, on: z.boolean() }),
    output: labStatusSchema,
    permission: "lab.control",
    audit: "change",
    auditSubject: ({ fault, on }) => ({ fault, on }),
    tenants: everyTenant,
  }),
};
