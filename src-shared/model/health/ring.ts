import { z } from "zod";
import { wireErrorSchema } from "../../errors/wire-error.ts";

/** Rings by the name that Loki's metrics give them, and the page that shows each (`loki-facts`: dskit ring pages). */
export const RING_PAGES = {
  ingester: "/ring",
  distributor: "/distributor/ring",
  "index-gateway": "/indexgateway/ring",
  scheduler: "/scheduler/ring",
  ruler: "/ruler/ring",
  compactor: "/compactor/ring",
  "pattern-ingester": "/pattern/ring",
} as const;
export type RingName = keyof typeof RING_PAGES;
export const RING_NAMES = Object.keys(RING_PAGES).filter((name): name is RingName => name in RING_PAGES);
export const ringNameSchema = z.enum([
  "ingester",
  "distributor",
  "index-gateway",
  "scheduler",
  "ruler",
  "compactor",
  "pattern-ingester",
]);

export const ringMemberSchema = z.object({
  id: z.string(),
  address: z.string(),
  /** As the page says; `UNHEALTHY` stands for whatever it was before its heartbeat grew too old. */
  state: z.string(),
  zone: z.string(),
  /** By the clock of whoever told; compare with `nowMs`. `null` where the page has none. */
  heartbeatMs: z.number().nullable(),
  registeredMs: z.number().nullable(),
  readOnly: z.boolean(),
  tokens: z.number(),
  /** Share of the circle of 2^32 that its tokens own, 0…1; replication not counted. */
  ownership: z.number(),
});
export type RingMemberView = z.output<typeof ringMemberSchema>;

export const ringSchema = z.object({
  ring: ringNameSchema,
  /** The instance that told; `null` when nobody did. */
  from: z.string().nullable(),
  error: wireErrorSchema.nullable(),
  /** The teller's clock when it told. */
  nowMs: z.number().nullable(),
  members: z.array(ringMemberSchema),
  zones: z.array(z.object({ zone: z.string(), members: z.number(), active: z.number(), ownership: z.number() })),
  replicationFactor: z.number().nullable(),
});
export type RingView = z.output<typeof ringSchema>;
