import { createTheme } from "@mantine/core";

const XS = { defaultProps: { size: "xs" } };

/**
 * What of Mantine's look is not CSS: sizes by default, and nothing that would add a `style` element to the page, which the
 * content security policy forbids (`lockScroll`). Colours and measures are in `styles/mantine.css`.
 */
export const THEME = createTheme({
  primaryColor: "blue",
  defaultRadius: "sm",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Button: XS,
    TextInput: XS,
    Textarea: XS,
    PasswordInput: XS,
    NumberInput: XS,
    Select: {
      defaultProps: { size: "xs", comboboxProps: { transitionProps: { duration: 0 } }, checkIconPosition: "right" },
    },
    MultiSelect: XS,
    TagsInput: XS,
    Autocomplete: XS,
    InputWrapper: XS,
    Checkbox: XS,
    Radio: XS,
    Switch: XS,
    SegmentedControl: { defaultProps: { size: "xs", transitionDuration: 100 } },
    Combobox: { defaultProps: { size: "xs" } },
    Menu: { defaultProps: { transitionProps: { duration: 0 }, position: "bottom-start" } },
    Popover: { defaultProps: { transitionProps: { duration: 0 } } },
    Tooltip: { defaultProps: { transitionProps: { duration: 0 } } },
    Modal: {
      defaultProps: { lockScroll: false, centered: true, transitionProps: { duration: 0 }, overlayProps: { blur: 0 } },
    },
    Skeleton: { defaultProps: { radius: "xs" } },
  },
});
