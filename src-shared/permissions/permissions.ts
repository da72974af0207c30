/** Everything a person may be allowed to do, `domain.verb`. Each procedure names one. */
export const PERMISSIONS = [
  "sites.read",
  "sites.change",
  "logs.read",
  "logs.export",
  "archives.read",
  "archives.open",
  "health.read",
  "health.operate",
  /** To do what is not known to be safe, with a reason. */
  "health.override",
  "tenants.read",
  /** To change the limits of a site's tenants. */
  "tenants.limits",
  "usage.read",
  "usage.export",
  /** To set and remove quotas. */
  "usage.quota",
  /** To query past a quota's hard stop, with a reason. */
  "usage.override",
  /** To read a tenant's series and some of its lines, for what its labels cost. */
  "cardinality.sample",
  /** To see what scans found, and what is set aside. */
  "storage.read",
  /** To read every object of a bucket, whoever its tenants are. */
  "storage.scan",
  /** To move damaged objects out of Loki's sight, and back. */
  "storage.quarantine",
  /** To write objects into a bucket, in place or for a drill. */
  "storage.restore",
  "queries.change",
  "jobs.read",
  "jobs.control",
  "audit.read",
  "audit.export",
  "settings.read",
  "settings.change",
  "secrets.change",
  "support.export",
  "lab.control",
] as const;

export type Permission = (typeof PERMISSIONS)[number];

/** Permissions whose use changes something outside the console's own settings; the read-only switch takes them away. */
export const CHANGING: ReadonlySet<Permission> = new Set<Permission>([
  "lab.control",
  "health.operate",
  "health.override",
  "tenants.limits",
  "usage.quota",
  "storage.quarantine",
  "storage.restore",
]);
