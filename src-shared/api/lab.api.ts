import { z } from "zod";
import { command, query } from "./procedure.ts";

/** Faults that the first part of the lab can play; each is on until it is switched off, or happens once. */
export const LAB_FAULTS = [
  "cut-tails",
  "drop-tail-entries",
  "slow-queries",
  "missing-chunks",
  "rate-limit",
  "server-errors",
] as const;
export type LabFault = (typeof LAB_FAULTS)[number];

export const labStatusSchema = z.object({
  running: z.boolean(),
  lokiUrl: z.string().optional(),
  kubernetesUrl: z.string().optional(),
  kubeconfig: z.string().optional(),
  tenants: z.array(z.string()),
  faults: z.array(z.enum(LAB_FAULTS)),
});
export type LabStatus = z.infer<typeof labStatusSchema>;

export const labApi = {
  status: query({ input: z.void(), output: labStatusSchema, permission: "sites.read", audit: "none" }),
  setFault: command({
    input: z.object({ fault: z.enum(LAB_FAULTS), on: z.boolean() }),
    output: labStatusSchema,
    permission: "lab.control",
    audit: "change",
    auditSubject: ({ fault, on }) => ({ fault, on }),
  }),
};
