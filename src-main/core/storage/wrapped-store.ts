import type { ObjectStore } from "./object-store.ts";

/** A store of which some calls go another way first. Disposing of it disposes of the one within. */
export function wrappedStore(store: ObjectStore, other: Partial<ObjectStore>): ObjectStore {
  return {
    title: store.title,
    list: (...args) => store.list(...args),
    listVersions: (...args) => store.listVersions(...args),
    versioning: (...args) => store.versioning(...args),
    head: (...args) => store.head(...args),
    get: (...args) => store.get(...args),
    put: (...args) => store.put(...args),
    beginUpload: (...args) => store.beginUpload(...args),
    uploadPart: (...args) => store.uploadPart(...args),
    listParts: (...args) => store.listParts(...args),
    listUploads: (...args) => store.listUploads(...args),
    completeUpload: (...args) => store.completeUpload(...args),
    abortUpload: (...args) => store.abortUpload(...args),
    copy: (...args) => store.copy(...args),
    delete: (...args) => store.delete(...args),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
    ...other,
  };
}
