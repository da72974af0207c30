import { useEffect, useRef } from "react";

/** A mark of the page's own clock, for measuring: the picture is on the screen. */
export const TOPOLOGY_PAINTED = "kubemate.topology.painted";

/** Sets the mark once, after the frame that shows the picture. */
export function usePaintedMark(drawn: boolean): void {
  const marked = useRef(false);
  useEffect(() => {
    if (!drawn || marked.current) return undefined;
    marked.current = true;
    // The callback runs before a frame is painted, a task after it once it is.
    const frame = requestAnimationFrame(() => {
      setTimeout(() => performance.mark(TOPOLOGY_PAINTED));
    });
    return () => cancelAnimationFrame(frame);
  }, [drawn]);
}
