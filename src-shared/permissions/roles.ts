import { PERMISSIONS, type Permission } from "./permissions.ts";

export const ROLES = ["viewer", "operator", "admin", "auditor"] as const;

export type Role = (typeof ROLES)[number];

const VIEWER: readonly Permission[] = [
  "sites.read",
  "logs.read",
  "archives.read",
  "archives.open",
  "health.read",
  "tenants.read",
  "usage.read",
  "storage.read",
  "queries.change",
  "jobs.read",
  "settings.read",
];

const OPERATOR: readonly Permission[] = [
  ...VIEWER,
  "sites.change",
  "logs.export",
  "health.operate",
  "tenants.limits",
  "usage.export",
  "cardinality.sample",
  "storage.scan",
  "storage.quarantine",
  "storage.restore",
  "jobs.control",
  "settings.change",
  "secrets.change",
  "support.export",
  "lab.control",
];

/** An auditor sees what was done and by whom, not the customers' logs. */
const AUDITOR: readonly Permission[] = [
  "sites.read",
  "health.read",
  "tenants.read",
  "usage.read",
  "usage.export",
  "storage.read",
  "jobs.read",
  "audit.read",
  "audit.export",
  "settings.read",
];

export const ROLE_PERMISSIONS: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  viewer: new Set(VIEWER),
  operator: new Set(OPERATOR),
  admin: new Set(PERMISSIONS),
  auditor: new Set(AUDITOR),
};
