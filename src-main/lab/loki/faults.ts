import {
  LAB_FAULTS,
  type LabFault,
  type LabFaultTargets,
  type PlainLabFault,
  resolveLabFault,
} from "../../../src-shared/model/lab-fault.ts";

/** Which faults are on. Whoever plays one asks when it matters; `cut-tails` is an event and is listened for. */
export class Faults {
  private readonly on = new Set<LabFault>();
  private readonly listeners = new Set<(fault: LabFault, on: boolean) => void>();
  private readonly targets: LabFaultTargets;

  constructor(targets: LabFaultTargets = { ingesters: [], tenants: [] }) {
    this.targets = targets;
  }

  has(fault: PlainLabFault): boolean {
    return this.on.has(fault);
  }

  /** Those without a target in their order, then the others in the order of their names. */
  list(): LabFault[] {
    const plain = LAB_FAULTS.filter((fault) => this.on.has(fault));
    return [...plain, ...[...this.on].filter((fault) => fault.includes(":")).toSorted()];
  }

  /** @throws Error when there is no such target */
  set(fault: LabFault, on: boolean): void {
    // What is on can be switched off, though its target has gone.
    const resolved = this.on.has(fault) ? fault : resolveLabFault(fault, this.targets);
    if (resolved === null) throw new Error(`there is nothing to play ${fault} on`);
    // The copy has one lag: another takes the place of the one before.
    const another = [...this.on].find((each) => each !== resolved && isDrLag(each) && isDrLag(resolved));
    if (on && another !== undefined) this.on.delete(another);
    if (on) this.on.add(resolved);
    else this.on.delete(resolved);
    for (const listener of this.listeners) listener(resolved, on);
  }

  listen(listener: (fault: LabFault, on: boolean) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

function isDrLag(fault: LabFault): boolean {
  return fault.startsWith("dr-lag:");
}
