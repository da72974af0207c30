import type { IncomingMessage } from "node:http";
import { StatusProblem } from "./status.ts";

/** Someone the API server knows, by bearer token. */
export interface KubeUser {
  readonly name: string;
  readonly groups: readonly string[];
  readonly admin: boolean;
}

export interface AccessRequest {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
}

const VIEWER_RESOURCES = ["pods", "services", "namespaces"];
const READING = ["get", "list", "watch"];

/** An administrator, and a viewer that may only read pods, services and namespaces. */
export class Authorizer {
  private readonly users = new Map<string, KubeUser>();

  constructor(adminToken: string, viewerToken: string) {
    this.users.set(adminToken, { name: "lab-admin", groups: ["system:masters", "system:authenticated"], admin: true });
    this.users.set(viewerToken, { name: "viewer", groups: ["sre", "system:authenticated"], admin: false });
  }

  /** The user of a request; 401 without a token that is known. */
  authenticate(request: IncomingMessage): KubeUser {
    const header = request.headers.authorization ?? "";
    const token = header.startsWith("Bearer ") ? header.slice(7).trim() : "";
    const user = this.users.get(token);
    if (user === undefined) throw new StatusProblem(401, "Unauthorized", "Unauthorized");
    return user;
  }

  allows(user: KubeUser, access: AccessRequest): boolean {
    if (user.admin) return true;
    if (access.group === "authorization.k8s.io" || access.group === "authentication.k8s.io")
      return access.verb === "create";
    const readable = access.group === "" && VIEWER_RESOURCES.includes(access.resource) && access.subresource === "";
    return readable && READING.includes(access.verb);
  }

  /** Throws the API server's 403. */
  require(user: KubeUser, access: AccessRequest): void {
    if (this.allows(user, access)) return;
    const subject = access.subresource === "" ? access.resource : `${access.resource}/${access.subresource}`;
    const what = access.group === "" ? access.resource : `${access.resource}.${access.group}`;
    const named = access.name === "" ? what : `${what} "${access.name}"`;
    const scope = access.namespace === "" ? "at the cluster scope" : `in the namespace "${access.namespace}"`;
    throw new StatusProblem(
      403,
      "Forbidden",
      `${named} is forbidden: User "${user.name}" cannot ${access.verb} resource "${subject}" in API group "${access.group}" ${scope}`,
      {
        ...(access.name === "" ? {} : { name: access.name }),
        ...(access.group === "" ? {} : { group: access.group }),
        kind: access.resource,
      },
    );
  }
}

/** The rules of a user, for SelfSubjectRulesReview. */
export function rulesOf(user: KubeUser): readonly Record<string, unknown>[] {
  if (user.admin) return [{ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }];
  return [
    { verbs: READING, apiGroups: [""], resources: VIEWER_RESOURCES },
    {
      verbs: ["create"],
      apiGroups: ["authorization.k8s.io"],
      resources: ["selfsubjectaccessreviews", "selfsubjectrulesreviews"],
    },
    { verbs: ["create"], apiGroups: ["authentication.k8s.io"], resources: ["selfsubjectreviews"] },
  ];
}
