import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { search, searchKeymap } from "@codemirror/search";
import { Annotation, EditorState, type Text } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef, type ReactElement } from "react";
import { styleNonce } from "../../../rpc/style-nonce.ts";
import styles from "./file-form.module.css";
import { YAML_THEME } from "./yaml-theme.ts";

/** What is wrong with a line, counted from 1; 0 is the file as a whole. */
export interface LineMark {
  readonly line: number;
  readonly severity: "error" | "warning";
  readonly text: string;
}

interface YamlEditorProps {
  readonly label: string;
  readonly value: string;
  readonly marks: readonly LineMark[];
  readonly onChange: (value: string) => void;
}

/** Marks changes that come from outside, so that they are not told back. */
const fromOutside = Annotation.define<boolean>();

/** Comments, keys and scalars apart; what the file means is not read here. */
const YAML_LINES = StreamLanguage.define<null>({
  name: "yaml-lines",
  startState: () => null,
  token: (stream) => {
    if (stream.eatSpace()) return null;
    if (stream.match(/#.*/)) return "comment";
    if (stream.match(/(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s:#,[\]{}"'][^:#,[\]{}]*)(?=\s*:(?:\s|$))/))
      return "propertyName";
    if (stream.match(/"(?:[^"\\]|\\.)*"|'[^']*'/)) return "string";
    if (stream.match(/(?:true|false|null|-?\d[\w.]*)(?=\s|,|\]|\}|$)/)) return "number";
    if (!stream.match(/[^\s#,[\]{}:]+/)) stream.next();
    return null;
  },
});

const COLOURS = HighlightStyle.define([
  { tag: tags.comment, color: "var(--text-faint)", fontStyle: "italic" },
  { tag: tags.propertyName, color: "var(--accent-strong)" },
  { tag: tags.string, color: "var(--good)" },
  { tag: tags.number, color: "var(--level-info)" },
]);

function diagnosticsOf(marks: readonly LineMark[], doc: Text): Diagnostic[] {
  return marks
    .filter(({ line }) => line >= 1 && line <= doc.lines)
    .map(({ line, severity, text }) => {
      const { from, to } = doc.line(line);
      return { from, to, severity, message: text };
    });
}

/** The file as text with its lines numbered, and marks at the lines that Loki would not take. Tab leaves it, as everywhere. */
export function YamlEditor(props: YamlEditorProps): ReactElement {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const current = useRef(props);
  useEffect(() => {
    current.current = props;
  });
  useEffect(() => {
    if (host.current === null) return undefined;
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: current.current.value,
        extensions: [
          EditorView.cspNonce.of(styleNonce()),
          keymap.of([...searchKeymap, ...lintKeymap, ...historyKeymap, ...defaultKeymap]),
          lineNumbers(),
          lintGutter(),
          history(),
          search({ top: true }),
          drawSelection(),
          highlightActiveLine(),
          YAML_LINES,
          syntaxHighlighting(COLOURS),
          YAML_THEME,
          EditorView.contentAttributes.of({
            "aria-label": current.current.label,
            "aria-multiline": "true",
            spellcheck: "false",
          }),
          EditorView.updateListener.of((update) => {
            if (!update.docChanged || update.transactions.some((one) => one.annotation(fromOutside) === true)) return;
            current.current.onChange(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = editor;
    return () => {
      view.current = null;
      editor.destroy();
    };
  }, []);
  const { value, marks } = props;
  useEffect(() => {
    const editor = view.current;
    if (editor === null) return;
    if (editor.state.doc.toString() !== value) {
      editor.dispatch({
        changes: { from: 0, to: editor.state.doc.length, insert: value },
        annotations: fromOutside.of(true),
      });
    }
  }, [value]);
  useEffect(() => {
    const editor = view.current;
    if (editor === null) return;
    const found = diagnosticsOf(marks, editor.state.doc);
    editor.dispatch(setDiagnostics(editor.state, found));
    const [first] = found;
    if (first !== undefined) editor.dispatch({ effects: EditorView.scrollIntoView(first.from, { y: "center" }) });
  }, [marks]);
  return <div className={styles.editor} ref={host} />;
}
