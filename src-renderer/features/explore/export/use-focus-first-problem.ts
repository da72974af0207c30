import { useEffect, type RefObject } from "react";

/** After each try, brings the first field with a problem into sight and into hand; `tries` counts them. */
export function useFocusFirstProblem(form: RefObject<HTMLElement | null>, tries: number): void {
  useEffect(() => {
    if (tries === 0) return;
    form.current?.querySelector<HTMLElement>("[aria-invalid='true']")?.focus();
  }, [form, tries]);
}
