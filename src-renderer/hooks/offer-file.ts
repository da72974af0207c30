/** Long enough for a browser that asks where to put the file. */
const REVOKE_MS = 60_000;

/** Hands a file to the browser's own download, which asks where to put it. */
export function offerFile(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), REVOKE_MS);
}
