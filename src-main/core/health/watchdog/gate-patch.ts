import { stringify } from "yaml";
import { FLUSH_HEALTHY_CONDITION, type WatchdogManifests } from "../../../../src-shared/model/health/watchdog.ts";
import type { WorkloadState } from "../inventory/cluster-inventory.ts";

type ManifestFile = WatchdogManifests["files"][number];

/**
 * A StatefulSet's readiness gate as a unified diff of the part that it concerns, and the command that does the same.
 * `readinessGates` is an atomic list (core/v1 PodSpec): who sets it sets all of it, so the gates that are there stay in it.
 * `null` when it has the gate.
 */
export function gatePatch({ workload, readinessGates }: WorkloadState): ManifestFile | null {
  if (readinessGates?.includes(FLUSH_HEALTHY_CONDITION) === true) return null;
  const { namespace, name } = workload;
  const present = (readinessGates ?? []).map((conditionType) => ({ conditionType }));
  const wanted = [...present, { conditionType: FLUSH_HEALTHY_CONDITION }];
  const before = setText(namespace, name, present);
  const after = setText(namespace, name, wanted);
  const patch = JSON.stringify({ spec: { template: { spec: { readinessGates: wanted } } } });
  const target = `statefulset ${shellWord(name)} --namespace ${shellWord(namespace)}`;
  const set = `kubectl patch ${target} --type strategic --patch ${shellWord(patch)}`;
  return {
    name: `${name}-readiness-gate.diff`,
    kind: "patch",
    text: additions(`${name}.yaml`, before, after),
    // Where the gates were not read, the command finds out itself that there are none which it would take away.
    command:
      readinessGates === undefined
        ? `test -z "$(kubectl get ${target} --output jsonpath='{.spec.template.spec.readinessGates}')" && ${set}`
        : set,
  };
}

function setText(namespace: string, name: string, gates: readonly object[]): string {
  const spec = { template: { spec: gates.length === 0 ? {} : { readinessGates: gates } } };
  const text = stringify({ apiVersion: "apps/v1", kind: "StatefulSet", metadata: { name, namespace }, spec });
  return text.replace("spec: {}", "spec:");
}

/** A unified diff of one hunk, of two texts of which the second has lines more at its end. */
function additions(file: string, before: string, after: string): string {
  const old = lines(before);
  const all = lines(after);
  const added = all.slice(old.length);
  return [
    `--- a/${file}`,
    `+++ b/${file}`,
    `@@ -1,${old.length} +1,${all.length} @@`,
    ...old.map((line) => ` ${line}`),
    ...added.map((line) => `+${line}`),
    "",
  ].join("\n");
}

function lines(text: string): readonly string[] {
  return text.replace(/\n$/, "").split("\n");
}

/** One word for a POSIX shell: names are a cluster's, and what they hold is never run. */
export function shellWord(text: string): string {
  return /^[\w./:=@-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
