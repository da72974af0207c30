import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  closeCompletion,
  completionKeymap,
  type CompletionSource,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching } from "@codemirror/language";
import { forceLinting, lintKeymap, linter, type Diagnostic } from "@codemirror/lint";
import { Annotation, Compartment, EditorState, Prec, type Transaction } from "@codemirror/state";
import { EditorView, drawSelection, keymap, placeholder, tooltips } from "@codemirror/view";
import { useEffect, useImperativeHandle, useRef, type ReactElement, type Ref } from "react";
import { styleNonce } from "../../../rpc/style-nonce.ts";
import { EDITOR_THEME } from "./editor-theme.ts";
import { logQlLanguage } from "./logql-language.ts";

export interface LogQlEditorHandle {
  focus(): void;
}

interface LogQlEditorProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onRun: () => void;
  readonly onFormat: () => void;
  /** A step in the history of queries; -1 is the one before. */
  readonly onHistory: (step: -1 | 1) => void;
  readonly complete: CompletionSource;
  readonly diagnose: (text: string) => readonly Diagnostic[];
  readonly handle?: Ref<LogQlEditorHandle>;
}

/** Marks changes that come from outside, so that they are not told back. */
const fromOutside = Annotation.define<boolean>();
const LINT_PAUSE_MS = 250;

/**
 * Typing over a selection, done by the editor: left to the browser, the new text would get the old one's looks as a style
 * attribute, which the page's policy forbids and reports.
 */
const typeOverSelection = EditorView.domEventHandlers({
  beforeinput: (event, editor) => {
    const { from, to, empty } = editor.state.selection.main;
    const text = event.data;
    if (event.inputType !== "insertText" || text === null || empty || event.isComposing) return false;
    const insert = (): Transaction =>
      editor.state.update(editor.state.replaceSelection(text), { userEvent: "input.type" });
    const isHandled = editor.state
      .facet(EditorView.inputHandler)
      .some((handle) => handle(editor, from, to, text, insert));
    if (!isHandled) editor.dispatch(insert());
    event.preventDefault();
    return true;
  },
});

/** The query as text: colours, completion, marks under what is wrong. Enter breaks the line, Ctrl-Enter runs. */
export function LogQlEditor(props: LogQlEditorProps): ReactElement {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const current = useRef(props);
  const words = useRef(new Compartment());
  const lint = useRef(new Compartment());
  useEffect(() => {
    current.current = props;
  });

  useEffect(() => {
    if (host.current === null) return undefined;
    const run = (action: () => void) => (): boolean => {
      action();
      return true;
    };
    const own = keymap.of([
      {
        key: "Mod-Enter",
        run: (editor) => {
          // Whoever runs a query wants to see its rows, not what might be typed next.
          closeCompletion(editor);
          current.current.onRun();
          return true;
        },
      },
      { key: "Shift-Alt-f", run: run(() => current.current.onFormat()) },
      { key: "Alt-ArrowUp", run: run(() => current.current.onHistory(-1)) },
      { key: "Alt-ArrowDown", run: run(() => current.current.onHistory(1)) },
      {
        key: "Escape",
        run: (editor) => {
          editor.contentDOM.blur();
          return true;
        },
      },
    ]);
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: current.current.value,
        extensions: [
          EditorView.cspNonce.of(styleNonce()),
          Prec.highest(own),
          keymap.of([...closeBracketsKeymap, ...completionKeymap, ...lintKeymap, ...historyKeymap, ...defaultKeymap]),
          history(),
          drawSelection(),
          bracketMatching(),
          closeBrackets(),
          logQlLanguage(),
          autocompletion({
            override: [async (context) => await current.current.complete(context)],
            activateOnTypingDelay: 120,
            icons: false,
          }),
          lint.current.of([]),
          EditorView.lineWrapping,
          typeOverSelection,
          tooltips({ position: "fixed", parent: document.body }),
          EDITOR_THEME,
          words.current.of([]),
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

  const { value, label, placeholder: hint, diagnose } = props;
  useEffect(() => {
    const editor = view.current;
    if (editor === null || editor.state.doc.toString() === value) return;
    editor.dispatch({
      changes: { from: 0, to: editor.state.doc.length, insert: value },
      selection: { anchor: value.length },
      annotations: fromOutside.of(true),
    });
  }, [value]);
  useEffect(() => {
    view.current?.dispatch({
      effects: words.current.reconfigure([
        placeholder(hint),
        EditorView.contentAttributes.of({ "aria-label": label, "aria-multiline": "true" }),
      ]),
    });
  }, [label, hint]);
  useEffect(() => {
    const check = linter((edited) => diagnose(edited.state.doc.toString()), { delay: LINT_PAUSE_MS });
    view.current?.dispatch({ effects: lint.current.reconfigure(check) });
    if (view.current !== null) forceLinting(view.current);
  }, [diagnose]);
  useImperativeHandle(props.handle, () => ({ focus: () => view.current?.focus() }), []);
  return <div data-testid="query-editor" ref={host} />;
}
