import { z } from "zod";
import type { Reply } from "../http/reply.ts";
import { isRecord } from "./field-set.ts";
import type { KubeObject } from "./kube-object.ts";
import type { ObjectStore } from "./object-store.ts";
import { jsonPatch, mergePatch, strategicPatch } from "./patch.ts";
import { apiVersionOf, type KubeResource } from "./resources.ts";
import { requestFilter } from "./selectors.ts";
import { badRequest, jsonReply, StatusProblem } from "./status.ts";
import { tableOf, wantsTable } from "./tables.ts";

const continueSchema = z.object({ v: z.literal("meta.k8s.io/v1"), rv: z.number(), start: z.string() });

/** A list: selected, paged by `limit` and `continue`, as objects or as a table. */
export function listReply(
  store: ObjectStore,
  resource: KubeResource,
  namespace: string | null,
  query: URLSearchParams,
  accept: string,
  nowMs: number,
): Reply {
  const filter = requestFilter(query, resource.kind);
  const selected = store.list(resource, namespace).filter(filter);
  const token = query.get("continue") ?? "";
  const from = token === "" ? null : readContinue(token, store);
  const remaining = from === null ? selected : selected.filter((object) => keyOf(object) > from);
  const limit = Number(query.get("limit") ?? "0");
  const page = limit > 0 ? remaining.slice(0, limit) : remaining;
  const last = page.at(-1);
  const more = last !== undefined && page.length < remaining.length;
  const unselected = !query.has("labelSelector") && !query.has("fieldSelector");
  const metadata = {
    resourceVersion: String(store.currentVersion),
    ...(more ? { continue: writeContinue(store.currentVersion, keyOf(last)) } : {}),
    ...(more && unselected ? { remainingItemCount: remaining.length - page.length } : {}),
  };
  if (wantsTable(accept)) {
    const include = query.get("includeObject") ?? "Metadata";
    return jsonReply(
      200,
      tableOf(page, { kind: resource.kind, listMetadata: metadata, include, nowMs, columns: true }),
    );
  }
  const items = page.map(({ kind: _kind, apiVersion: _apiVersion, ...rest }) => rest);
  return jsonReply(200, { kind: `${resource.kind}List`, apiVersion: apiVersionOf(resource), metadata, items });
}

function keyOf({ metadata }: KubeObject): string {
  return metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
}

function writeContinue(version: number, start: string): string {
  return Buffer.from(JSON.stringify({ v: "meta.k8s.io/v1", rv: version, start })).toString("base64url");
}

function readContinue(token: string, store: ObjectStore): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(token, "base64url").toString());
  } catch {
    throw badRequest("continue key is not valid: illegal base64 data");
  }
  const read = continueSchema.safeParse(parsed);
  if (!read.success) throw badRequest("continue key is not valid");
  if (read.data.rv < store.oldestVersion) {
    throw new StatusProblem(
      410,
      "Expired",
      "The provided continue parameter is too old to display a consistent list result.",
    );
  }
  return read.data.start;
}

const objectSchema = z.looseObject({
  metadata: z.looseObject({
    name: z.string().default(""),
    namespace: z.string().optional(),
    generateName: z.string().optional(),
  }),
});

/** A null of a client means that there is nothing, as in Go: typed clients send `creationTimestamp: null`. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isRecord(value)) return value;
  const members = Object.entries(value).filter(([, each]) => each !== null);
  return Object.fromEntries(members.map(([name, each]) => [name, withoutNulls(each)]));
}

/** A body as an object of the kind that the path names. */
export function readObject(body: unknown, resource: KubeResource, namespace: string | null): KubeObject {
  const parsed = objectSchema.safeParse(withoutNulls(body));
  if (!parsed.success) throw badRequest(`the object provided is unrecognized (must be of type ${resource.kind})`);
  const { metadata } = parsed.data;
  if (metadata.namespace !== undefined && namespace !== null && metadata.namespace !== namespace) {
    throw badRequest(`the namespace of the provided object does not match the namespace sent on the request`);
  }
  // What the schema lets through besides metadata is kept as it came.
  return { ...parsed.data, metadata: { ...metadata, ...(namespace === null ? {} : { namespace }) } } as KubeObject;
}

const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** Refuses names that are no DNS subdomain, in the API server's words. */
export function requireValidName(resource: KubeResource, name: string): void {
  if (NAME.test(name) && name.length <= 253) return;
  const why =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
  const message = `${resource.kind} "${name}" is invalid: metadata.name: Invalid value: "${name}": ${why}`;
  throw new StatusProblem(422, "Invalid", message, {
    name,
    kind: resource.kind,
    causes: [{ reason: "FieldValueInvalid", message: `Invalid value: "${name}": ${why}`, field: "metadata.name" }],
  });
}

/** An object after a PATCH of any of the three JSON kinds. */
export function patched(before: KubeObject, contentType: string, body: unknown, resource: KubeResource): KubeObject {
  const type = contentType.split(";")[0]?.trim();
  const after = applyPatch(before, type ?? "", body);
  const object = readObject(after, resource, before.metadata.namespace ?? null);
  // A patch that does not name a version applies to whatever is stored.
  const named = resourceVersionIn(type ?? "", body);
  return {
    ...object,
    metadata: { ...object.metadata, resourceVersion: named ?? before.metadata.resourceVersion ?? "" },
  };
}

/** A value after a patch of one of the three JSON kinds; 415 for another. */
export function applyPatch(before: unknown, type: string, body: unknown): unknown {
  switch (type) {
    case "application/merge-patch+json":
      return mergePatch(before, body);
    case "application/strategic-merge-patch+json":
      return strategicPatch(before, body);
    case "application/json-patch+json":
      return jsonPatch(before, body);
    default:
      throw new StatusProblem(
        415,
        "UnsupportedMediaType",
        `the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml`,
      );
  }
}

function resourceVersionIn(type: string, body: unknown): string | null {
  if (type === "application/json-patch+json") return null;
  const parsed = z.object({ metadata: z.object({ resourceVersion: z.string() }) }).safeParse(body);
  return parsed.success ? parsed.data.metadata.resourceVersion : null;
}
