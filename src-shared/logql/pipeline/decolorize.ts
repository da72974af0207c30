import type { StageRunner } from "./line-state.ts";

/** ANSI escape sequences, as `| decolorize` takes them out. */
const ANSI =
  // oxlint-disable-next-line no-control-regex -- escape and bell are what it is about
  /[\u001b\u009b][[\]()#;?]*(?:(?:(?:[a-zA-Z\d]*(?:;[a-zA-Z\d]*)*)?\u0007)|(?:(?:\d{1,4}(?:;\d{0,4})*)?[\dA-PRZcf-ntqry=><~]))/g;

export function compileDecolorize(): StageRunner {
  return (state) => {
    const { line } = state;
    if (line.includes("\u001b") || line.includes("\u009b")) state.line = line.replace(ANSI, "");
    return true;
  };
}
