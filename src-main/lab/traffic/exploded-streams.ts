import type { LabelSet } from "../../../src-shared/model/labels.ts";
import { NS_PER_MS } from "../../../src-shared/model/nano-time.ts";
import { goLabelSet } from "../format/go-text.ts";
import { BORN_PER_SECOND } from "../metrics/lab-load.ts";
import { ChunkBuilder } from "../store/chunk-builder.ts";
import { type ChunkRef, type LabStream, streamHash } from "../store/stream.ts";
import { mix, SeededRandom } from "./seeded-random.ts";

/** What is kept in memory of one tenant's explosion. */
const MAX_STREAMS = 8_000;
/** So many requests are answered by a pod before the next takes its place. */
const STREAMS_PER_POD = 400;

export interface ExplodedOptions {
  readonly seed: number;
  /** Labels of the streams that explode: each new one has these and some of its own. */
  readonly templates: readonly LabelSet[];
  nowMs(): number;
  /** How many streams more the tenant may have. */
  room(): number;
}

/**
 * Streams that a tenant's labels make of every request while a fault is on: an id of the request, its session and the hash of
 * a pod in the labels, and one line in each. They stay when the fault is over, as in an index.
 */
export class ExplodedStreams {
  readonly #options: ExplodedOptions;
  readonly #streams: LabStream[] = [];
  /** Streams that the ended spells have come to. */
  #before = 0;
  #sinceMs: number | null = null;

  constructor(options: ExplodedOptions) {
    this.#options = options;
  }

  explode(on: boolean): void {
    if (on === (this.#sinceMs !== null)) return;
    this.streams();
    this.#before = this.#streams.length;
    this.#sinceMs = on ? this.#options.nowMs() : null;
  }

  /** Those that there are by now. */
  streams(): readonly LabStream[] {
    const since = this.#sinceMs;
    if (since === null) return this.#streams;
    const born = this.#before + Math.floor(((this.#options.nowMs() - since) / 1_000) * BORN_PER_SECOND);
    const most = Math.min(MAX_STREAMS, this.#options.room());
    for (let index = this.#streams.length; index < Math.min(born, most); index += 1) {
      const atMs = since + ((index - this.#before) / BORN_PER_SECOND) * 1_000;
      this.#streams.push(this.#stream(index, Math.floor(atMs)));
    }
    return this.#streams;
  }

  #stream(index: number, bornMs: number): LabStream {
    const { seed, templates } = this.#options;
    const random = new SeededRandom(mix(seed, index, 71));
    const template = templates[index % Math.max(1, templates.length)] ?? {};
    const podHash = new SeededRandom(mix(seed, Math.floor(index / STREAMS_PER_POD), 72)).hex(8);
    const labels = {
      ...template,
      pod: `${template.app ?? "app"}-${podHash}-${new SeededRandom(mix(seed, podHash.length, index % 7)).hex(8).slice(0, 5)}`,
      request_id: uuid(random),
      session: random.hex(32),
    };
    const line = JSON.stringify({
      level: "info",
      msg: "request served",
      method: random.pick(["GET", "POST"]),
      status: random.pick([200, 200, 200, 404, 500]),
      region: random.pick(["eu-central", "eu-west", "ap-east"]),
      took_ms: random.latencyMs(40),
    });
    return new OneLineStream(labels, line, BigInt(bornMs) * NS_PER_MS + BigInt(random.int(0, 999_999)), index);
  }
}

function uuid(random: SeededRandom): string {
  const digits = random.hex(32);
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-a${digits.slice(17, 20)}-${digits.slice(20)}`;
}

/** A stream that got one line and no other. What is seldom asked for is made when it is. */
class OneLineStream implements LabStream {
  readonly labels: LabelSet;
  readonly labelText: string;
  readonly #line: string;
  readonly #atNs: bigint;
  readonly #checksum: number;
  #hash: bigint | null = null;

  constructor(labels: LabelSet, line: string, atNs: bigint, checksum: number) {
    this.labels = labels;
    this.labelText = goLabelSet(labels);
    this.#line = line;
    this.#atNs = atNs;
    this.#checksum = checksum;
  }

  get hash(): bigint {
    this.#hash ??= streamHash(this.labels);
    return this.#hash;
  }

  chunks(startNs: bigint, endNs: bigint): readonly ChunkRef[] {
    if (this.#atNs < startNs || this.#atNs >= endNs) return [];
    return [
      {
        startNs: this.#atNs,
        throughNs: this.#atNs,
        entries: 1,
        sizeBytes: 1_024,
        checksum: this.#checksum,
        flushed: false,
        open: () => {
          const builder = new ChunkBuilder(512);
          builder.append(this.#atNs, this.#line, { detected_level: "info" });
          return builder.build();
        },
      },
    ];
  }
}
