import { stringify } from "yaml";
import { AppError } from "../../../../src-shared/errors/app-error.ts";
import {
  WATCHDOG_STATEMENTS,
  type WatchdogManifests,
  type WatchdogOptions,
  type WatchdogStatement,
} from "../../../../src-shared/model/health/watchdog.ts";
import type { ClusterInventory, WorkloadState } from "../inventory/cluster-inventory.ts";
import { gatePatch, shellWord } from "./gate-patch.ts";
import { podMonitor, WATCHDOG_NAME, watchdogObjects, type ManifestPlaces } from "./manifest-objects.ts";

/** `.invalid` never resolves (RFC 2606), so that nothing is pulled from anywhere until a person has put in a place. */
const NO_IMAGE = "registry.invalid/kubemate-console:set-your-image";
/** Fewer cannot be compared with one another, and none of them could be spared. */
const FEWEST_INGESTERS = 3;

/** What is said only where it applies. */
const SOMETIMES: ReadonlySet<WatchdogStatement> = new Set([
  "image-missing",
  "gated-already",
  "updated-by-hand",
  "too-few-ingesters",
  "limits-go-back",
]);
const ALWAYS = WATCHDOG_STATEMENTS.filter((statement) => !SOMETIMES.has(statement));

/**
 * What a person reviews and applies so that Kubernetes takes a gray ingester out: the watchdog with its rights, and a
 * readiness gate for each StatefulSet of ingesters as a diff. The same inventory and options give the same text.
 * @throws AppError `health.no-targets` when there is no StatefulSet of ingesters to be gated, and why the workloads could
 * not be read
 */
export function watchdogManifests(inventory: ClusterInventory, options: WatchdogOptions): WatchdogManifests {
  const sets = ingesterSets(inventory);
  const places: ManifestPlaces = {
    lokiNamespace: inventory.namespace,
    namespace: options.namespace ?? inventory.namespace,
    image: options.image ?? NO_IMAGE,
    limitsConfigMap: options.limitsConfigMap ?? null,
  };
  const patches = sets.map(gatePatch);
  const statements: WatchdogStatement[] = [...ALWAYS];
  if (options.image === undefined) statements.push("image-missing");
  if (patches.includes(null)) statements.push("gated-already");
  if (sets.some(({ updateStrategy }) => updateStrategy === "OnDelete")) statements.push("updated-by-hand");
  if (sets.reduce((sum, { wanted }) => sum + wanted, 0) < FEWEST_INGESTERS) statements.push("too-few-ingesters");
  if (places.limitsConfigMap !== null) statements.push("limits-go-back");
  return {
    files: [
      manifest(`${WATCHDOG_NAME}.yaml`, header(places.namespace), watchdogObjects(places)),
      ...patches.filter((patch) => patch !== null),
      manifest(`${WATCHDOG_NAME}-podmonitor.yaml`, MONITOR_HEADER, [podMonitor(places)]),
    ],
    statements,
  };
}

function header(namespace: string): readonly string[] {
  return [
    "The image's entry point is the program `kubemate`. Apply this first, wait for it with",
    `  kubectl rollout status deployment/${WATCHDOG_NAME} --namespace ${shellWord(namespace)}`,
    "and only then add the readiness gates: a gated pod without a watchdog never becomes Ready.",
  ];
}

const MONITOR_HEADER = ["Only where the Prometheus operator runs: PodMonitor is a kind of its own."];

function manifest(
  name: string,
  comment: readonly string[],
  objects: readonly object[],
): WatchdogManifests["files"][number] {
  const head = comment.map((line) => `# ${line}\n`).join("");
  const documents = objects.map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false }));
  return {
    name,
    kind: "manifest",
    text: `${head}${documents.join("---\n")}`,
    command: `kubectl apply --filename ${shellWord(name)}`,
  };
}

function ingesterSets({ workloads, gaps, namespace }: ClusterInventory): readonly WorkloadState[] {
  if (workloads === null) {
    const gap = gaps.find(({ what }) => what === "workloads");
    throw gap?.error ?? new AppError("health.no-targets", { site: namespace });
  }
  const sets = workloads
    .filter(({ component, workload }) => component === "ingester" && workload.kind === "StatefulSet")
    .toSorted((a, b) => (a.workload.name < b.workload.name ? -1 : 1));
  if (sets.length === 0) throw new AppError("health.no-targets", { site: namespace });
  return sets;
}
