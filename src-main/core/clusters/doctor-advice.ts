import type { AppError } from "../../../src-shared/errors/app-error.ts";
import type { ErrorCode } from "../../../src-shared/errors/error-codes.ts";

/** `doctor.advice.<key>` with its parameters. */
export interface Advice {
  readonly key: string;
  readonly params: Readonly<Record<string, string | number>>;
}

const BY_CODE: Readonly<Partial<Record<ErrorCode, string>>> = {
  "kubeconfig.context-broken": "fix-context",
  "kubeconfig.unreadable": "fix-kubeconfig",
  "plugin.not-confirmed": "confirm-plugin",
  "plugin.not-found": "install-plugin",
  "plugin.timed-out": "plugin-hangs",
  "plugin.failed": "plugin-fails",
  "plugin.bad-output": "plugin-output",
  "oidc.failed": "oidc-login",
  "cluster.unreachable": "cluster-unreachable",
  "cluster.timeout": "cluster-slow",
  "cluster.unauthorized": "login-again",
  "cluster.forbidden": "ask-for-right",
  "cluster.bad-response": "not-kubernetes",
  "cluster.rate-limited": "cluster-busy",
  "cluster.failed": "cluster-fails",
  "cluster.gone": "set-route",
  "cluster.backend-unavailable": "backend-down",
  "forward.lost": "pod-not-ready",
  "sites.no-route": "set-route",
  "lab.unavailable": "start-lab",
  "secrets.unknown": "enter-secret",
  "files.unreadable": "check-file",
  "tenants.invalid": "tenant-form",
  "tenants.required": "choose-tenant",
  "loki.no-tenant": "choose-tenant",
  "loki.unauthorized": "loki-login",
  "loki.unreachable": "loki-unreachable",
  "loki.timed-out": "loki-slow",
  "loki.not-found": "loki-prefix",
  "loki.bad-response": "not-loki",
  "loki.rate-limited": "loki-busy",
  "loki.failed": "loki-fails",
};

/** By the codes of OpenSSL and Node that both kinds of TLS error carry. */
const TLS_ADVICE: readonly (readonly [RegExp, string])[] = [
  [/CERT_HAS_EXPIRED|CERT_NOT_YET_VALID/, "tls-expired"],
  [/ALTNAME_INVALID|HOSTNAME_MISMATCH/, "tls-name"],
  [/SELF_SIGNED|UNABLE_TO_|CERT_SIGNATURE|CERT_UNTRUSTED|INVALID_CA/, "tls-authority"],
  [/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST/, "tls-plain"],
  [/ALERT_/, "tls-client"],
];

/** What a person can do about a failure; `look-at-logs` where nothing better is known. */
export function adviceFor(error: AppError): Advice {
  const { params } = error;
  if (error.code === "cluster.tls" || error.code === "loki.tls") {
    const problem = "problem" in params ? String(params.problem) : "";
    const key = TLS_ADVICE.find(([pattern]) => pattern.test(problem))?.[1] ?? "tls-other";
    return { key, params };
  }
  return { key: BY_CODE[error.code] ?? "look-at-logs", params };
}
