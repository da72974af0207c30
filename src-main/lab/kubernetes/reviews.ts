import { z } from "zod";
import { goRfc3339Seconds } from "../format/go-text.ts";
import { type Authorizer, type KubeUser, rulesOf } from "./authorizer.ts";

const accessReviewSchema = z.object({
  spec: z.object({
    resourceAttributes: z
      .object({
        namespace: z.string().default(""),
        verb: z.string().default(""),
        group: z.string().default(""),
        resource: z.string().default(""),
        subresource: z.string().default(""),
        name: z.string().default(""),
      })
      .optional(),
    nonResourceAttributes: z.object({ path: z.string(), verb: z.string() }).optional(),
  }),
});

/** Answers `POST …/selfsubjectaccessreviews` and its kin; nothing of them is stored. */
export function answerReview(
  kind: string,
  body: unknown,
  user: KubeUser,
  authorizer: Authorizer,
  nowMs: number,
): unknown {
  if (kind === "SelfSubjectReview") {
    return {
      kind,
      apiVersion: "authentication.k8s.io/v1",
      metadata: { creationTimestamp: goRfc3339Seconds(nowMs) },
      status: { userInfo: { username: user.name, groups: user.groups } },
    };
  }
  const head = { kind, apiVersion: "authorization.k8s.io/v1", metadata: {} };
  if (kind === "SelfSubjectRulesReview") {
    const nonResourceRules = [
      {
        verbs: ["get"],
        nonResourceURLs: ["/healthz", "/livez", "/readyz", "/version", "/api", "/api/*", "/apis", "/apis/*"],
      },
    ];
    return { ...head, spec: {}, status: { resourceRules: rulesOf(user), nonResourceRules, incomplete: false } };
  }
  const { spec } = accessReviewSchema.parse(body);
  const asked = spec.resourceAttributes;
  const allowed = asked === undefined ? true : authorizer.allows(user, asked);
  const reason =
    allowed && user.admin
      ? {
          reason:
            'RBAC: allowed by ClusterRoleBinding "cluster-admin" of ClusterRole "cluster-admin" to Group "system:masters"',
        }
      : {};
  return { ...head, spec, status: { allowed, ...reason } };
}
