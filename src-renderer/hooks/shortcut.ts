/**
 * A shortcut as text: keys joined with `+`, a sequence with spaces. `mod` is ⌘ on a Mac and Ctrl elsewhere. Keys are
 * `KeyboardEvent.key` in lower case. `mod+k`, `g e`, `?`, `shift+enter`, `escape`.
 */
export type Shortcut = string;

/** The next key of a sequence must follow within this time. */
export const SEQUENCE_TIMEOUT_MS = 1_200;

const MAC_SIGNS: Readonly<Record<string, string>> = {
  mod: "⌘",
  ctrl: "⌃",
  alt: "⌥",
  shift: "⇧",
  enter: "↩",
};

const OTHER_SIGNS: Readonly<Record<string, string>> = {
  mod: "Ctrl",
  ctrl: "Ctrl",
  alt: "Alt",
  shift: "Shift",
  enter: "Enter",
};

const BOTH_SIGNS: Readonly<Record<string, string>> = {
  escape: "Esc",
  arrowup: "↑",
  arrowdown: "↓",
  arrowleft: "←",
  arrowright: "→",
  space: "Space",
  home: "Home",
  end: "End",
  pageup: "PgUp",
  pagedown: "PgDn",
  delete: "Del",
  tab: "Tab",
};

export function isMac(platform: string): boolean {
  return /mac|darwin/i.test(platform);
}

/** The keys of each step as they are printed on the keyboard: `[["Ctrl", "K"]]`, `[["G"], ["E"]]`. */
export function shortcutKeys(shortcut: Shortcut, mac: boolean): string[][] {
  const signs = mac ? MAC_SIGNS : OTHER_SIGNS;
  return shortcut
    .split(" ")
    .map((step) =>
      splitStep(step).map((key) => signs[key] ?? BOTH_SIGNS[key] ?? (key.length === 1 ? key.toUpperCase() : key)),
    );
}

/** In one line, for tooltips and `aria-keyshortcuts`-like places: `Ctrl+K`, `G E`, `⌘K`. */
export function shortcutText(shortcut: Shortcut, mac: boolean): string {
  return shortcutKeys(shortcut, mac)
    .map((keys) => keys.join(mac ? "" : "+"))
    .join(" ");
}

function splitStep(step: string): string[] {
  // `+` itself is a key: `mod++`.
  return step.endsWith("++") ? [...step.slice(0, -2).split("+"), "+"] : step === "+" ? ["+"] : step.split("+");
}

interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** The step that a key press is, in the writing of `Shortcut`; `null` for a modifier alone. */
export function pressedStep(event: KeyPress, mac: boolean): string | null {
  const key = event.key === " " ? "space" : event.key.toLowerCase();
  if (["control", "meta", "alt", "shift", "altgraph", "capslock", "dead", "process"].includes(key)) return null;
  const mod = mac ? event.metaKey : event.ctrlKey;
  const ctrl = mac && event.ctrlKey;
  // Shift is part of a sign such as `?`, and its own key only with letters' names and modifiers.
  const shift = event.shiftKey && (key.length > 1 || mod || event.altKey || /[a-z]/.test(key));
  return [mod ? "mod" : "", ctrl ? "ctrl" : "", event.altKey ? "alt" : "", shift ? "shift" : "", key]
    .filter((part) => part !== "")
    .join("+");
}
