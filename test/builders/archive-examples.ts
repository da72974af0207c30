import type { ArchiveDescription } from "../../src-shared/model/archive.ts";
import { archiveDescriptionSchema } from "../../src-shared/model/archive.ts";
import type { Capsule } from "../../src-shared/api/capsules.api.ts";

const START_NS = "1763632800000000000";
const END_NS = "1763636399123456789";

const TENANT = {
  tenant: "acme",
  startNs: START_NS,
  endNs: END_NS,
  rows: 4_812_345,
  bytes: 812_345_678,
  selector: '{app=~".+"}',
};

const PARTS = {
  id: "k1",
  kind: "kubemate",
  title: "incident-4711",
  path: "/archives/incident-4711",
  tenants: [TENANT],
  formats: ["kubemate"],
  assumptions: {},
  problems: [],
  completeness: { verdict: "complete", reasons: [] },
  provenance: null,
  openedAtMs: 1_763_700_000_000,
};

/** An archive of one tenant over one hour; parts of it as a test needs them. */
export function archiveExample(parts: Readonly<Record<string, unknown>> = {}): ArchiveDescription {
  return archiveDescriptionSchema.parse({ ...PARTS, ...parts });
}

export function tenantExample(tenant: string, parts: Readonly<Record<string, unknown>> = {}): object {
  return { ...TENANT, tenant, ...parts };
}

/** A capsule whose every text tries to be more than text. */
export const HOSTILE_CAPSULE: Capsule = {
  title: "<img src=x onerror=alert(1)>",
  notes: "first line\n<b>bold</b> \u202eevil",
  createdAtMs: 1_763_700_000_000,
  createdBy: "<script>olga</script>",
  program: "Kubemate Console 0.1.0",
  queries: [
    {
      query: '{app="<i>ledger</i>"}',
      site: "prod",
      tenant: "acme",
      startNs: START_NS,
      endNs: END_NS,
      rows: 1_000,
      completeness: { verdict: "incomplete", reasons: [] },
    },
  ],
  facts: [{ site: "prod", name: "loki.version", value: "3.7.6" }],
  audit: [
    {
      sequence: 17,
      atMs: 1_763_700_000_000,
      principal: "olga",
      role: "operator",
      action: "logs.open",
      auditClass: "access",
      subject: { tenant: "acme" },
      outcome: "succeeded",
      error: null,
      of: null,
      previousHash: "0".repeat(64),
      hash: "abcdef0123456789".repeat(4),
    },
  ],
  redacted: { "identity-card": 3 },
};
