/** Characters that wait as text before they become a blob. */
const CHUNK_CHARACTERS = 4_000_000;

/** A file's content that comes in pieces. The pieces become blobs: the browser keeps big ones on disk, not in the page. */
export class BlobBuilder {
  readonly #type: string;
  #blobs: Blob[] = [];
  #texts: string[] = [];
  #waiting = 0;

  constructor(type: string) {
    this.#type = type;
  }

  add(text: string): void {
    this.#texts.push(text);
    this.#waiting += text.length;
    if (this.#waiting <= CHUNK_CHARACTERS) return;
    this.#blobs = [new Blob([...this.#blobs, ...this.#texts])];
    this.#texts = [];
    this.#waiting = 0;
  }

  finish(): Blob {
    return new Blob([...this.#blobs, ...this.#texts], { type: this.#type });
  }
}
