import { AppError } from "../../../../src-shared/errors/app-error.ts";
import { workloadSchema, type Workload } from "../../../../src-shared/model/health/operation.ts";

/** `StatefulSet/loki/loki-compactor`, as checkpoints keep it. */
export function workloadText({ kind, namespace, name }: Workload): string {
  return `${kind}/${namespace}/${name}`;
}

/** @throws AppError `storage.compactor-not-paused` for a text that names none */
export function parseWorkload(text: string): Workload {
  const [kind, namespace, name] = text.split("/");
  const parsed = workloadSchema.safeParse({ kind, namespace, name });
  if (!parsed.success) throw new AppError("storage.compactor-not-paused", { problem: text.slice(0, 200) });
  return parsed.data;
}

/** What gives a workload its replicas back by hand. */
export function scaleCommand(text: string, replicas: number): string {
  const { kind, namespace, name } = parseWorkload(text);
  return `kubectl -n ${namespace} scale ${kind.toLowerCase()}/${name} --replicas=${replicas}`;
}
