import { apiVersionOf, groupVersions, type KubeResource, RESOURCES } from "./resources.ts";

/**
 * `/openapi/v3` and its documents, as far as kubectl needs them: which kinds there are, and that the server checks fields and
 * dry runs itself. `null` for what is no such path.
 */
export function openApi(path: string): unknown {
  if (path === "/openapi/v3") {
    const paths = groupVersions().map((each) => {
      const key = each.group === "" ? `api/${each.version}` : `apis/${apiVersionOf(each)}`;
      return [key, { serverRelativeURL: `/openapi/v3/${key}?hash=lab` }] as const;
    });
    return { paths: Object.fromEntries(paths) };
  }
  const [, core, group, version = ""] = /^\/openapi\/v3\/(?:(api)|apis\/([^/]+))\/([^/]+)$/.exec(path) ?? [];
  const wanted = core === undefined ? (group ?? null) : "";
  if (wanted === null) return null;
  const resources = RESOURCES.filter((each) => each.group === wanted && each.version === version);
  return {
    openapi: "3.0.0",
    info: { title: "Kubernetes", version: "v1.36.0" },
    paths: Object.fromEntries(resources.map(patchPath)),
    components: { schemas: Object.fromEntries(resources.map(schema)) },
  };
}

function gvk({ group, version, kind }: KubeResource): Record<string, string> {
  return { group, version, kind };
}

function patchPath(resource: KubeResource): readonly [string, unknown] {
  const root = resource.group === "" ? `/api/${resource.version}` : `/apis/${apiVersionOf(resource)}`;
  const path = `${root}${resource.namespaced ? "/namespaces/{namespace}" : ""}/${resource.plural}/{name}`;
  const parameters = ["dryRun", "fieldManager", "fieldValidation", "force"].map((name) => ({ name, in: "query" }));
  return [
    path,
    { patch: { parameters, "x-kubernetes-action": "patch", "x-kubernetes-group-version-kind": gvk(resource) } },
  ];
}

function schema(resource: KubeResource): readonly [string, unknown] {
  const name = `io.k8s.api.${resource.group.split(".")[0] || "core"}.${resource.version}.${resource.kind}`;
  return [name, { type: "object", "x-kubernetes-group-version-kind": [gvk(resource)] }];
}
