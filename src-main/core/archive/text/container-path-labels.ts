import type { LabelSet } from "../../../../src-shared/model/labels.ts";

/** The kubelet: `/var/log/pods/<namespace>_<pod>_<uid>/<container>/<restarts>.log`, rotated with a date and perhaps `.gz`. */
const POD_FILE =
  /(?:^|\/)([a-z0-9][a-z0-9-]*)_([a-z0-9][a-z0-9.-]*)_[0-9a-f-]{32,36}\/([a-z0-9][a-z0-9-]*)\/\d+\.log(?:\.[\d-]+)?(?:\.gz)?$/;
/** Its links: `/var/log/containers/<pod>_<namespace>_<container>-<id>.log`. */
const CONTAINER_FILE = /(?:^|\/)([a-z0-9][a-z0-9.-]*)_([a-z0-9][a-z0-9-]*)_([a-z0-9][a-z0-9-]*)-[0-9a-f]{64}\.log$/;

/** Namespace, pod and container where a container's log lies as a node's kubelet puts it; no labels elsewhere. */
export function containerPathLabels(path: string): LabelSet {
  const normal = path.replaceAll("\\", "/");
  const inPods = POD_FILE.exec(normal);
  if (inPods !== null) {
    const [, namespace = "", pod = "", container = ""] = inPods;
    return { namespace, pod, container };
  }
  const [, pod, namespace, container] = CONTAINER_FILE.exec(normal) ?? [];
  return pod === undefined || namespace === undefined || container === undefined ? {} : { namespace, pod, container };
}
