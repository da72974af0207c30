import { LAB_FAULTS, type LabFault } from "../../../src-shared/api/lab.api.ts";

/** Which faults are on. Whoever plays one asks when it matters; `cut-tails` is an event and is listened for. */
export class Faults {
  private readonly on = new Set<LabFault>();
  private readonly listeners = new Set<(fault: LabFault, on: boolean) => void>();

  has(fault: LabFault): boolean {
    return this.on.has(fault);
  }

  list(): LabFault[] {
    return LAB_FAULTS.filter((fault) => this.on.has(fault));
  }

  set(fault: LabFault, on: boolean): void {
    if (on) this.on.add(fault);
    else this.on.delete(fault);
    for (const listener of this.listeners) listener(fault, on);
  }

  listen(listener: (fault: LabFault, on: boolean) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
