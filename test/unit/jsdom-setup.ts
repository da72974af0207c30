import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";

// What browsers have and jsdom has not, as quiet as it can be: no media query matches, nothing is ever resized.
window.matchMedia ??= (query) => ({
  matches: false,
  media: query,
  onchange: null,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
  addListener: () => undefined,
  removeListener: () => undefined,
  dispatchEvent: () => false,
});
window.ResizeObserver ??= class {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
};
if (!("scrollIntoView" in Element.prototype)) Object.assign(Element.prototype, { scrollIntoView: () => undefined });

// A screen that is loaded when it is first shown takes longer than a second on a busy machine.
configure({ asyncUtilTimeout: 10_000 });

afterEach(cleanup);
