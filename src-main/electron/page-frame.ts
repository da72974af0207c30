import type { PageFrame } from "./electron-surface.ts";
import { isPageUrl } from "./page-protocol.ts";

/** Whether a message comes from the page's own main frame: not from one inside it, not from a page of another origin. */
export function isPageFrame<Frame extends PageFrame>(frame: Frame | null): frame is Frame {
  return frame !== null && frame.parent === null && isPageUrl(frame.url);
}
