import { useEffect } from "react";
import { allCommands, type Command, type CommandStore } from "./commands.ts";
import { isMac, pressedStep, SEQUENCE_TIMEOUT_MS } from "./shortcut.ts";

/** Where keys are text, not commands: fields, editors, and what behaves like one. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest(".cm-editor, [contenteditable='true']") !== null) return true;
  if (target instanceof HTMLInputElement) {
    return !["button", "checkbox", "radio", "submit", "reset", "range"].includes(target.type);
  }
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

function inModal(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("[role='dialog'][aria-modal='true']") !== null;
}

/** The one place where keys become commands. Sequences (`g e`) must be typed within 1.2 s. */
export function useShortcutKeys(store: CommandStore): void {
  useEffect(() => {
    const mac = isMac(navigator.userAgent);
    let pending = "";
    let pendingUntil = 0;

    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing || inModal(event.target)) return;
      const step = pressedStep(event, mac);
      if (step === null) return;
      const typing = isTyping(event.target);
      const usable = allCommands(store.getState()).filter(
        (command): command is Command & { shortcut: string } =>
          command.shortcut !== undefined && (!typing || command.whileTyping === true),
      );
      const sequence = pending !== "" && event.timeStamp <= pendingUntil ? `${pending} ${step}` : step;
      const chosen =
        usable.find((command) => command.shortcut === sequence) ?? usable.find((command) => command.shortcut === step);
      if (chosen !== undefined) {
        pending = "";
        event.preventDefault();
        if (chosen.disabled === undefined) chosen.run();
        return;
      }
      const begins = usable.some((command) => command.shortcut.startsWith(`${sequence} `));
      pending = begins ? sequence : "";
      pendingUntil = event.timeStamp + SEQUENCE_TIMEOUT_MS;
      if (begins) event.preventDefault();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [store]);
}
