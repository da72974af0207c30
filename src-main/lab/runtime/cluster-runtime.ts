import { logfmtValue } from "../format/logfmt.ts";
import { mix, textSeed } from "../traffic/seeded-random.ts";
import type { DecodedLimits } from "./decode-limits.ts";
import { RuntimeFiles, RuntimeFollower } from "./runtime-follower.ts";

/** Overrides by tenant. */
export type TenantsLimits = ReadonlyMap<string, DecodedLimits>;

/** What a process writes to its log. */
export type ProcessLog = (pod: string, atMs: number, level: "info" | "warn" | "error", text: string) => void;

export interface RuntimeOptions {
  /** The runtime configuration that all processes have had since they began. */
  readonly runtimeConfig?: string;
  /** A changed ConfigMap is in every pod's volume within this time, in each after a time of its own; 5 s by default. */
  readonly propagationMs?: number;
  readonly log?: ProcessLog;
}

const PROPAGATION_MS = 5_000;
/** With `config-map-slow`, as a kubelet is that looks at its ConfigMaps once a minute. */
const SLOW_PROPAGATION_MS = [45_000, 75_000] as const;
/** The lab's own Loki: all targets in one process, with no pod. */
const ALL_IN_ONE = "";

/** The runtime configuration on its way from the ConfigMap to the cluster's processes. */
export class ClusterRuntime {
  readonly #seed: number;
  readonly #files = new RuntimeFiles();
  readonly #allInOne: RuntimeFollower;
  readonly #propagationMs: number;
  readonly #log: ProcessLog;
  #text: string;

  constructor(seed: number, nowMs: number, options: RuntimeOptions) {
    this.#seed = seed;
    this.#text = options.runtimeConfig ?? "";
    this.#propagationMs = options.propagationMs ?? PROPAGATION_MS;
    this.#log = options.log ?? (() => {});
    this.#allInOne = new RuntimeFollower(ALL_IN_ONE, this.#files);
    this.#allInOne.begin(this.#text, nowMs);
  }

  /** What the ConfigMap holds now. */
  get text(): string {
    return this.#text;
  }

  /** The follower of a process that begins, with the file read. */
  follower(pod: string, nowMs: number): RuntimeFollower {
    const follower = new RuntimeFollower(pod, this.#files, (atMs, error) =>
      this.#log(pod, atMs, "error", `caller=manager.go:150 msg="failed to load config" err=${logfmtValue(error)}`),
    );
    follower.begin(this.#text, nowMs);
    return follower;
  }

  change(
    text: string,
    nowMs: number,
    pods: ReadonlyMap<string, { readonly runtime: RuntimeFollower }>,
    slow: boolean,
  ): void {
    if (text === this.#text) return;
    this.#text = text;
    const [least, most] = slow ? SLOW_PROPAGATION_MS : [0, this.#propagationMs];
    for (const [name, { runtime }] of pods) {
      const dice = mix(this.#seed, textSeed(name), 17) / 4_294_967_296;
      runtime.deliver(text, nowMs + Math.floor(least + dice * (most - least)));
    }
    this.#allInOne.deliver(text, nowMs);
  }

  /** What the lab's own Loki has read. */
  allInOne(nowMs: number): TenantsLimits {
    this.#allInOne.advance(nowMs);
    return this.#allInOne.overrides;
  }
}
