import type { RestoreItem } from "../../../../../src-shared/model/storage/restore.ts";
import type { ItemWriter } from "./plan-items.ts";

/** What a plan shows of its objects. */
const SHOWN_ITEMS = 500;

/** Takes the items of a plan as they are decided, and adds up what the plan says of them. */
export class PlanWriter {
  readonly #writer: ItemWriter;
  readonly shown: RestoreItem[] = [];
  chunks = 0;
  indexFiles = 0;
  others = 0;
  bytes = 0;
  replaced = 0;

  constructor(writer: ItemWriter) {
    this.#writer = writer;
  }

  get objects(): number {
    return this.#writer.count;
  }

  add(item: RestoreItem): void {
    this.#writer.add(item);
    if (this.shown.length < SHOWN_ITEMS) this.shown.push(item);
    if (item.kind === "chunk") this.chunks += 1;
    else if (item.kind === "index") this.indexFiles += 1;
    else this.others += 1;
    this.bytes += item.sizeBytes;
    if (item.action === "replace") this.replaced += 1;
  }

  /** `+` where nothing stands, `~` where something damaged does. */
  diff(): string {
    return this.shown.map(({ key, action }) => `${action === "replace" ? "~" : "+"} ${key}`).join("\n");
  }
}
