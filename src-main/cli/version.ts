import packageFile from "../../package.json" with { type: "json" };

export const KUBEMATE_VERSION: string = packageFile.version;
