import { EditorView } from "@codemirror/view";

/** The editor in the window's tokens; one theme for dark and light, because the tokens change. */
export const YAML_THEME = EditorView.theme({
  "&": { backgroundColor: "var(--field)", color: "var(--text)", fontSize: "12px", height: "100%" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--font-mono)", fontVariantLigatures: "none", lineHeight: "18px" },
  ".cm-content": { caretColor: "var(--accent-strong)", padding: "4px 0" },
  ".cm-gutters": { backgroundColor: "var(--raised)", borderRight: "1px solid var(--line)", color: "var(--text-muted)" },
  ".cm-activeLine": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine": { backgroundColor: "var(--hover)" },
  ".cm-cursor": { borderLeftColor: "var(--accent-strong)", borderLeftWidth: "2px" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--selection) !important" },
  ".cm-searchMatch": { backgroundColor: "var(--hit)" },
  ".cm-searchMatch-selected": { backgroundColor: "var(--hit-current)" },
  ".cm-panels": { backgroundColor: "var(--raised)", borderBottom: "1px solid var(--line)", color: "var(--text)" },
  ".cm-tooltip": {
    backgroundColor: "var(--overlay)",
    border: "1px solid var(--line-strong)",
    borderRadius: "var(--radius)",
    color: "var(--text)",
  },
  ".cm-diagnostic": { fontFamily: "var(--font-ui)", fontSize: "12px", maxWidth: "560px", padding: "4px 8px" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--bad)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--warning)" },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--bad)",
    textUnderlineOffset: "3px",
  },
  ".cm-lintRange-warning": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--warning)",
    textUnderlineOffset: "3px",
  },
});
