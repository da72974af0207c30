import type { WireError } from "./wire-error.ts";

/** A failure as the caller of the door meets it: the wire form of an `AppError`, thrown. */
export class RemoteError extends Error {
  readonly wire: WireError;

  constructor(wire: WireError) {
    super(wire.code);
    this.name = "RemoteError";
    this.wire = wire;
  }
}
