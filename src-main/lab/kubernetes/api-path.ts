import { findResource, type KubeResource, REVIEWS } from "./resources.ts";

/** What a path of the API names. */
export type ApiTarget =
  | { readonly kind: "collection"; readonly resource: KubeResource; readonly namespace: string | null }
  | {
      readonly kind: "object";
      readonly resource: KubeResource;
      readonly namespace: string | null;
      readonly name: string;
      readonly subresource: string;
      /** What follows `proxy`, with its leading slash. */
      readonly rest: string;
    }
  | { readonly kind: "review"; readonly review: (typeof REVIEWS)[number] };

/** Reads `/api/v1/namespaces/{ns}/pods/{name}/log` and its like; `null` when it names nothing that is served. */
export function parseApiPath(path: string): ApiTarget | null {
  const match = /^\/(?:api\/(v1)|apis\/([^/]+)\/([^/]+))\/(.+)$/.exec(path);
  if (match === null) return null;
  const [, core, group = "", groupVersion = "", tail = ""] = match;
  const version = core ?? groupVersion;
  const parts = tail.split("/").map((part, index) => (index < 6 ? decode(part) : part));
  const review = REVIEWS.find((each) => each.group === group && each.version === version && each.plural === parts[0]);
  if (review !== undefined && parts.length === 1) return { kind: "review", review };

  const [first = "", second, third] = parts;
  // `namespaces/x` is the object, `namespaces/x/pods` a collection inside it.
  const inNamespace = first === "namespaces" && third !== undefined && third !== "status" && third !== "finalize";
  const namespace = inNamespace ? (second ?? "") : null;
  const at = inNamespace ? 2 : 0;
  const resource = findResource(group, version, inNamespace ? (third ?? "") : first);
  if (resource === null || (inNamespace && !resource.namespaced)) return null;
  const name = parts[at + 1];
  if (name === undefined || name === "") return { kind: "collection", resource, namespace };
  if (resource.namespaced && namespace === null) return null;
  const subresource = parts[at + 2] ?? "";
  const rest =
    parts.length > at + 3
      ? `/${tail
          .split("/")
          .slice(at + 3)
          .join("/")}`
      : "";
  return { kind: "object", resource, namespace, name, subresource, rest };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A stray percent sign is kept as it is; the name will not be found.
    return part;
  }
}

/** `[scheme:]name[:port]` of a proxy path. */
export function proxyTarget(name: string): { readonly name: string; readonly port: string } {
  const parts = name.split(":");
  if (parts.length >= 3) return { name: parts[1] ?? "", port: parts[2] ?? "" };
  if (parts.length === 2 && (parts[0] === "http" || parts[0] === "https")) return { name: parts[1] ?? "", port: "" };
  return { name: parts[0] ?? "", port: parts[1] ?? "" };
}
