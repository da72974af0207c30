import { IconFolder, IconPencil, IconPlus, IconServer2, IconBucket } from "@tabler/icons-react";
import { useMemo, useState, type ReactElement } from "react";
import type { Store, StoreId } from "../../../../src-shared/model/storage/store.ts";
import { Button } from "../../../components/button.tsx";
import { withVisibleCharacters } from "../../../components/control-characters.ts";
import { IconButton } from "../../../components/icon-button.tsx";
import { Picker, type PickerOption } from "../../../components/picker.tsx";
import type { Command } from "../../../hooks/commands.ts";
import { useCommands } from "../../../hooks/use-commands.ts";
import { useForbidden } from "../../../hooks/use-permission.ts";
import { useTranslate } from "../../../hooks/use-translate.ts";
import styles from "./stores.module.css";

interface StorePickerProps {
  readonly stores: readonly Store[];
  readonly store: Store;
  readonly siteName: string | null;
  readonly onPick: (store: StoreId) => void;
  readonly onAdd: () => void;
  readonly onEdit: () => void;
}

const GLYPHS = { folder: IconFolder, s3: IconBucket, site: IconServer2 } as const;

/** Which store is looked at: the site's own first, then those that were entered. */
export function StorePicker({ stores, store, siteName, onPick, onAdd, onEdit }: StorePickerProps): ReactElement {
  const t = useTranslate();
  const forbidden = useForbidden("sites.change");
  const [opened, setOpened] = useState(false);
  useCommands(
    useMemo<readonly Command[]>(
      () => [
        {
          id: "storage.pick",
          group: "sites",
          label: "storage.store.choose",
          shortcut: "p b",
          run: () => setOpened(true),
        },
      ],
      [],
    ),
  );
  const found = siteName === null ? t("storage.store.found") : t("storage.store.foundAt", { site: siteName });
  const options = stores
    .toSorted((a, b) => Number(b.found) - Number(a.found))
    .map((one): PickerOption => {
      const Glyph = GLYPHS[one.config.place.kind];
      return {
        value: one.id,
        label: withVisibleCharacters(one.config.name),
        ...(one.title === one.config.name ? {} : { detail: withVisibleCharacters(one.title) }),
        mark: <Glyph aria-hidden size={16} stroke={1.5} />,
        group: one.found ? found : t("storage.store.entered"),
      };
    });
  return (
    <span className={styles.picker}>
      <Picker
        emptyText={t("storage.store.noMatch")}
        footer={
          <Button
            compact
            disabledReason={forbidden}
            icon={IconPlus}
            onClick={() => {
              setOpened(false);
              onAdd();
            }}
            tone="quiet"
          >
            {t("storage.store.add")}
          </Button>
        }
        label={t("storage.store")}
        onOpenChange={setOpened}
        onPick={(value) => {
          const next = stores.find(({ id }) => id === value);
          if (next !== undefined) onPick(next.id);
        }}
        opened={opened}
        options={options}
        searchPlaceholder={t("storage.store.search")}
        shown={
          <>
            <span>{withVisibleCharacters(store.config.name)}</span>
            {store.title === store.config.name ? null : (
              <span className={styles.title}>{withVisibleCharacters(store.title)}</span>
            )}
          </>
        }
        value={store.id}
      />
      <IconButton
        disabledReason={forbidden}
        icon={IconPencil}
        label={t("storage.store.edit")}
        onClick={onEdit}
        size={24}
      />
    </span>
  );
}
