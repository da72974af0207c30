import { IconArchive } from "@tabler/icons-react";
import { useEffect, useRef, useState, type ReactElement } from "react";
import { desktopBridge } from "../hooks/desktop-bridge.ts";
import { useTranslate } from "../hooks/use-translate.ts";
import styles from "./drop-zone.module.css";

interface DropZoneProps {
  readonly onFiles: (files: readonly File[]) => void;
  /** Folders were dropped where only files can be taken. */
  readonly onFolders: () => void;
}

function hasFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") === true;
}

/** The files of a drop, and whether there were folders among them, which a browser cannot hand over as files. */
function dropped(data: DataTransfer): { readonly files: readonly File[]; readonly folders: number } {
  if (desktopBridge() !== null) return { files: [...data.files], folders: 0 };
  const items = [...data.items].filter(({ kind }) => kind === "file");
  const folders = items.filter((item) => item.webkitGetAsEntry?.()?.isDirectory === true);
  const files = items.filter((item) => !folders.includes(item)).flatMap((item) => item.getAsFile() ?? []);
  return { files, folders: folders.length };
}

/** Files may be dropped anywhere on the window. Text that is dragged about in it is none of this. */
export function DropZone({ onFiles, onFolders }: DropZoneProps): ReactElement | null {
  const t = useTranslate();
  const [over, setOver] = useState(false);
  const handlers = useRef({ onFiles, onFolders });
  useEffect(() => {
    handlers.current = { onFiles, onFolders };
  });

  useEffect(() => {
    const onDrag = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      event.stopPropagation();
      if (event.dataTransfer !== null) event.dataTransfer.dropEffect = "copy";
      setOver(true);
    };
    const onLeave = (event: DragEvent): void => {
      // From one element to the next the related target is inside; out of the window there is none.
      if (event.relatedTarget === null) setOver(false);
    };
    const onDrop = (event: DragEvent): void => {
      setOver(false);
      if (!hasFiles(event) || event.dataTransfer === null) return;
      event.preventDefault();
      event.stopPropagation();
      const { files, folders } = dropped(event.dataTransfer);
      if (folders > 0) handlers.current.onFolders();
      if (files.length > 0) handlers.current.onFiles(files);
    };
    // Before any editor under the pointer takes a file for text.
    const early = { capture: true };
    window.addEventListener("dragenter", onDrag, early);
    window.addEventListener("dragover", onDrag, early);
    window.addEventListener("dragleave", onLeave, early);
    window.addEventListener("drop", onDrop, early);
    return () => {
      window.removeEventListener("dragenter", onDrag, early);
      window.removeEventListener("dragover", onDrag, early);
      window.removeEventListener("dragleave", onLeave, early);
      window.removeEventListener("drop", onDrop, early);
    };
  }, []);

  if (!over) return null;
  return (
    <div className={styles.zone}>
      <div className={styles.card}>
        <IconArchive aria-hidden size={32} stroke={1.25} />
        <p className={styles.title}>{t("archives.drop.title")}</p>
        <p className={styles.text}>{t("archives.drop.text")}</p>
      </div>
    </div>
  );
}
