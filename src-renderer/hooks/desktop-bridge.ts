import { DESKTOP_BRIDGE, type DesktopBridge } from "../../src-shared/api/desktop-bridge.ts";

/** What the desktop shell's preload script gives to the page; `null` in a browser. */
export function desktopBridge(page: Window = window): DesktopBridge | null {
  const bridge: unknown = Reflect.get(page, DESKTOP_BRIDGE);
  if (typeof bridge !== "object" || bridge === null) return null;
  // Only our own preload script can have put it there, and it is of the same build.
  return bridge as DesktopBridge;
}
